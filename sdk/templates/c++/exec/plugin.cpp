// The image's program, started by another one.
#include <slipway/plugin.hpp>

#include "options.hpp"  // struct Options, made from plugin.json

namespace {

using slipway::steps::Common;

struct @CLASS@ {
  Options options;

  void plan(slipway::Plan& plan) const {
    const slipway::Settings image = plan.settings();
    plan.user({.user = image.user});
    plan.environment({.variables = image.env});
    plan.workdir({.path = {image.workdir.empty() ? "/" : image.workdir}});
    plan.exec({.args = arguments(image)}, Common{.from = "/options/before"});
  }

 private:
  // As everywhere in slipway, a command replaces the image's and keeps its entrypoint.
  [[nodiscard]] std::vector<std::string> arguments(const slipway::Settings& image) const {
    std::vector<std::string> words = options.before;
    words.insert(words.end(), image.entrypoint.begin(), image.entrypoint.end());
    const std::vector<std::string> command = options.args.value_or(image.cmd);
    words.insert(words.end(), command.begin(), command.end());
    if (words.size() == options.before.size()) words.push_back("/bin/sh");
    return words;
  }
};

}  // namespace

SLIPWAY_PLUGIN(@CLASS@)
