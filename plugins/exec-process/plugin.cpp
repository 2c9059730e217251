// The program as the image's settings and the options say: entrypoint, command, environment, user, working directory,
// and how it is ended. What an option says replaces what the image says; the command line's words arrive as options.
#include <algorithm>
#include <slipway/plugin.hpp>

#include "options.hpp"
#include "stop_signal.hpp"

namespace {

using slipway::steps::Common;
using slipway::steps::EndWith;
using slipway::steps::EnvDefaults;
using slipway::steps::Init;

struct ExecProcess {
  Options options;

  void plan(slipway::Plan& plan) const {
    const slipway::Settings image = plan.settings();
    const std::string workdir = options.workdir.value_or(image.workdir.empty() ? "/" : image.workdir);
    // Relative to the root, as Docker takes a relative WORKDIR.
    const std::string directory = workdir.starts_with('/') ? workdir : "/" + workdir;
    if (leads_up(directory)) {
      return plan.error(options.workdir ? "/options/workdir" : "/facts/image/settings/workdir",
                        "the working directory is \"" + directory + "\"; a path inside the container has no \"..\"",
                        options.workdir ? "write the path out" : "give another one: -w DIR");
    }
    if (directory != "/") plan.mkdir({.target = {directory}}, Common{.from = "/options/workdir"});
    const auto stop = stop_signal(image, plan);
    if (!stop) return;
    plan.user({.user = options.user.value_or(image.user), .groups = options.groups}, Common{.from = "/options/user"});
    plan.environment(environment(image, plan), Common{.from = "/options/env"});
    plan.workdir({.path = {directory}}, Common{.from = "/options/workdir"});
    plan.exec({.args = arguments(image),
               .init = options.init ? Init::slipway : Init::none,
               .stop_signal = *stop,
               .stop_timeout = options.stop_timeout,
               .end_with = end_with(),
               .preserve_fds = options.preserve_fds},
              Common{.from = options.args ? "/options/args" : "/options/entrypoint"});
  }

 private:
  [[nodiscard]] slipway::steps::Environment environment(const slipway::Settings& image, slipway::Plan& plan) const {
    const EnvDefaults defaults = options.env_defaults ? EnvDefaults::standard : EnvDefaults::none;
    std::vector<std::string> of_image = usable(image.env, plan);
    if (!options.env_files.empty())
      return {.variables = options.env, .defaults = defaults, .base = of_image, .files = options.env_files};
    of_image.insert(of_image.end(), options.env.begin(), options.env.end());
    return {.variables = of_image, .defaults = defaults};
  }

  // Images are as they are: one that names no signal is ended by TERM, where an option would be refused.
  std::optional<int> stop_signal(const slipway::Settings& image, slipway::Plan& plan) const {
    constexpr int kTerm = 15;
    const std::string word = options.stop_signal.value_or(image.stop_signal);
    if (word.empty()) return kTerm;
    if (const auto number = signal_of(word)) return number;
    const std::string hint = "did you mean " + nearest_signal(word) + "?";
    if (options.stop_signal) {
      plan.error("/options/stop_signal", "there is no signal \"" + word + "\"", hint);
      return std::nullopt;
    }
    plan.warning("/facts/image/settings/stop_signal",
                 "the image's stop signal is \"" + word + "\", which there is not: TERM is taken", hint);
    return kTerm;
  }

  [[nodiscard]] std::vector<EndWith> end_with() const {
    std::vector<EndWith> list;
    for (const Options::EndWith what : options.end_with)
      list.push_back(what == Options::EndWith::terminal ? EndWith::terminal : EndWith::parent);
    return list;
  }

  static bool leads_up(const std::string& path) { return (path + "/").find("/../") != std::string::npos; }

  static bool is_variable(const std::string& entry) {
    const std::size_t equals = entry.find('=');
    return equals != 0 && equals != std::string::npos && entry.find('\0') == std::string::npos;
  }

  // Images are as they are: what cannot be a variable there is left out, where an option would be refused.
  static std::vector<std::string> usable(std::vector<std::string> entries, slipway::Plan& plan) {
    const auto bad = std::stable_partition(entries.begin(), entries.end(), is_variable);
    if (bad == entries.end()) return entries;
    const auto more = entries.end() - bad - 1;
    const std::string name = plan.read().find<std::string>("/facts/image/name").value_or("");
    plan.warning("/facts/image/settings/env",
                 "the image " + (name.empty() ? plan.image().id : name) + " has \"" + *bad + "\" in its environment" +
                     (more > 0 ? ", and " + std::to_string(more) + " more like it" : std::string()) +
                     ", left out because it is not NAME=VALUE without a NUL");
    entries.erase(bad, entries.end());
    return entries;
  }

  // The rules of docker run: a command replaces cmd and keeps the entrypoint; a new entrypoint drops the image's cmd.
  [[nodiscard]] std::vector<std::string> arguments(const slipway::Settings& image) const {
    std::vector<std::string> words = options.entrypoint.value_or(image.entrypoint);
    const std::vector<std::string> rest =
        options.args.value_or(options.entrypoint ? std::vector<std::string>() : image.cmd);
    words.insert(words.end(), rest.begin(), rest.end());
    if (words.empty()) words = {"/bin/sh"};
    return words;
  }
};

}  // namespace

SLIPWAY_PLUGIN(ExecProcess)
