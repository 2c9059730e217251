#include <cstdio>
#include <optional>

#include "core/cli/blueprint.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/print.hpp"
#include "core/cli/target.hpp"
#include "core/config/config.hpp"
#include "core/plan/blueprint.hpp"
#include "core/plan/finder.hpp"

namespace slipway::cli {
namespace {

constexpr const char* kExamples =
    "  slipway config dump pipeline.json             with defaults, extended files and variables filled in\n"
    "  slipway config dump --places image.tar        and behind each value where it was written\n"
    "  slipway config schema > slipway.schema.json   for \"$schema\": \"slipway.schema.json\" in a pipeline\n";

struct ConfigOptions {
  TargetOptions target{};
  std::vector<std::string> plugin_dirs{};
  bool places = false;
};

int dump(const std::string& target, const ConfigOptions& options) {
  auto blueprint = read_blueprint(target, options.target);
  if (!blueprint) return kProblem;
  std::fputs(blueprint->text(options.places).c_str(), stdout);
  return kOk;
}

// A plugin that cannot be used is left out, as its options cannot be known; slipway plugin list tells why.
int schema(const ConfigOptions& options) {
  for (const std::string& directory : options.plugin_dirs) {
    if (auto fine = plan::check_plugin_directory(directory); !fine) {
      print_error(fine.error());
      return kProblem;
    }
  }
  auto finder = plan::finder_for(options.plugin_dirs);
  if (!finder) {
    print_error(finder.error());
    return kProblem;
  }
  std::vector<host::Manifest> manifests;
  for (const plugins::Listed& plugin : finder->list()) {
    if (!plugin.hidden && plugin.manifest) manifests.push_back(*plugin.manifest);
  }
  std::fputs(config::file_schema(manifests).c_str(), stdout);
  return kOk;
}

}  // namespace

int config_command(int count, const char* const* words) {
  ConfigOptions options;
  Command command{"config",
                  "dump TARGET | schema",
                  "Shows a pipeline as one whole file, or the JSON Schema of pipeline files with all plugins' options.",
                  kExamples,
                  target_options(options.target),
                  kUsage};
  for (Option& option : command.options) {
    if (option.names != "--plugin-dir") continue;
    option.take = [&options, take = option.take](const std::string& directory) {
      options.plugin_dirs.push_back(directory);
      take(directory);
    };
  }
  command.options.push_back({"--places", "", "dump: say behind each value where it was written",
                             [&](const std::string&) { options.places = true; }});
  const Words given = read_all_words(command, count, words);
  if (given.status >= 0) return given.status;
  if (given.rest.size() == 2 && given.rest[0] == "dump") return dump(given.rest[1], options);
  if (given.rest.size() == 1 && given.rest[0] == "schema") return schema(options);
  if (!given.rest.empty() && given.rest[0] == "dump" && given.rest.size() > 2)
    return too_many_words(command, given.rest[2]);
  if (!given.rest.empty() && given.rest[0] == "schema") return too_many_words(command, given.rest[1]);
  if (!given.rest.empty() && given.rest[0] != "dump") return no_subcommand(command, given.rest[0], {"dump", "schema"});
  print_error({0, "config takes dump and a target, or schema", "", "slipway config --help"});
  return kUsage;
}

}  // namespace slipway::cli
