// Root filesystem from an overlay of the image's layers, with directories of the host on top of them: a build's output
// tried in an image that was made before it, without making another image.
#include <slipway/plugin.hpp>

#include "options.hpp"  // struct Options, made from plugin.json

namespace {

using slipway::steps::Common;

struct FsPatched {
  Options options;

  void plan(slipway::Plan& plan) const {
    std::vector<slipway::Handle> directories;  // the lowest first
    for (const slipway::Layer& layer : plan.layers()) directories.push_back(plan.unpack(layer));
    if (directories.empty()) return plan.error("/facts/image/layers", "the image has no layer to lay patches over");
    for (std::size_t i = 0; i < options.patches.size(); ++i) {
      const std::string number = std::to_string(i);
      directories.push_back(plan.open({.path = {options.patches[i]}},
                                      Common{.as = "patch" + number, .from = "/options/patches/" + number}));
    }
    slipway::steps::Overlay overlay{.lower = slipway::reversed(directories), .target = {"/"}};
    if (!options.size.empty()) overlay.size = slipway::steps::Size{bytes_of(options.size)};
    plan.overlay(overlay, Common{.from = "/options/size"});
  }

 private:
  // Digits and perhaps a unit, as the schema has it.
  static std::uint64_t bytes_of(const std::string& text) {
    constexpr std::uint64_t kKilo = 1024;
    std::uint64_t bytes = 0;
    try {
      bytes = std::stoull(text);
    } catch (const std::out_of_range&) {
      throw slipway::Failure("/options/size", text + " is more than a file system can hold");
    }
    for (const char unit : std::string("KMG").substr(0, std::string("KMG").find(text.back()) + 1)) {
      static_cast<void>(unit);
      bytes *= kKilo;
    }
    return bytes;
  }
};

}  // namespace

SLIPWAY_PLUGIN(FsPatched)
