#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/cli/blueprint.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/print.hpp"
#include "core/cli/target.hpp"
#include "core/run/failure.hpp"
#include "core/run/import.hpp"

namespace slipway::cli {
namespace {

constexpr const char* kExamples =
    "  slipway store layers image.tar           the directories of its layers, the lowest first, one a line\n"
    "  slipway store layers --json image.tar    the same for programs, with their digests\n";

std::string to_json(const run::Imported& image) {
  nlohmann::ordered_json json = {{"id", image.id}, {"layers", nlohmann::ordered_json::array()}};
  for (const run::Imported::Layer& layer : image.layers)
    json["layers"].push_back({{"diff_id", layer.diff_id}, {"directory", layer.directory}});
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

int print_layers(const run::Imported& image, bool json) {
  std::string text;
  for (const run::Imported::Layer& layer : image.layers) {
    if (!json && layer.directory.find('\n') != std::string::npos) {
      print_error({0, "a layer's path has a line break in it", printable(layer.directory), "--json can tell it"});
      return kProblem;
    }
    text += layer.directory + "\n";
  }
  std::fputs(json ? to_json(image).c_str() : text.c_str(), stdout);
  return kOk;
}

}  // namespace

int store_command(int count, const char* const* words) {
  TargetOptions options;
  bool json = false;
  Command command{"store",
                  "layers TARGET",
                  "Has an image's layers in the store, unpacked where they were not, and prints the directory of each.",
                  kExamples,
                  pipeline_options(options),
                  kUsage};
  command.options.push_back({"--json", "", "print JSON", [&](const std::string&) { json = true; }});
  const Words given = read_all_words(command, count, words);
  if (given.status >= 0) return given.status;
  if (given.rest.size() != 2 || given.rest[0] != "layers") {
    print_error({0, "store takes layers and an image", "", "slipway store layers image.tar"});
    return kUsage;
  }
  auto blueprint = read_blueprint(given.rest[1], options);
  if (!blueprint) return kProblem;
  Findings notes;
  auto imported = run::import_image(*blueprint, options.store, notes);
  print_findings(notes);
  if (!imported) {
    print_findings(imported.error());
    return kProblem;
  }
  if (imported->asked_to_end != 0) return run::kKilled + imported->asked_to_end;
  return print_layers(*imported, json);
}

}  // namespace slipway::cli
