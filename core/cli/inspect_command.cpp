#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/cli/commands.hpp"
#include "core/cli/print.hpp"
#include "core/cli/target.hpp"
#include "core/run/ids.hpp"
#include "core/run/image.hpp"

namespace slipway::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kExamples =
    "  slipway inspect image.tar                      what it is and holds, as a table\n"
    "  docker save IMAGE | slipway inspect --json -   the same for programs\n"
    "  slipway inspect --set image.image=box:1 ./layout\n";

// Everything as the fact has it, which is checked; the texts of a stranger's are made safe where they are printed.
Json to_json(const run::Inspection& found, const std::string& source) {
  const store::ImageFact& fact = found.image.fact;
  const Json whole = Json::parse(found.image.text, nullptr, false);
  Json json = {{"kind", fact.kind}, {"id", fact.id}, {"name", fact.name}};
  json["tags"] = whole.value("tags", Json::array());
  json["source"] = {{"path", source}, {"size", found.size}, {"compression", store::to_word(found.compression)}};
  if (fact.unfolded) json["source"]["unfolded"] = *fact.unfolded;
  json["settings"] = whole.value("settings", Json::object());
  json["layers"] = Json::array();
  for (const store::LayerSource& layer : fact.layers) {
    if (layer.is_in_place()) continue;
    json["layers"].push_back(
        {{"diff_id", layer.diff_id}, {"compression", store::to_word(layer.compression)}, {"size", layer.bytes.size}});
  }
  json["oddities"] = Json::array();
  for (const Finding& note : found.image.notes) json["oddities"].push_back(note.message);
  return json;
}

std::string line(std::string word, const std::string& text) {
  constexpr std::size_t kWidth = 13;
  constexpr std::size_t kLongest = 4096;
  word.resize(kWidth, ' ');
  return word + printable(text, kLongest) + "\n";
}

std::string bytes(const Json& number) { return number.dump() + " bytes"; }

std::string to_table(const Json& json) {
  std::string table = line("kind", json["kind"].get<std::string>());
  if (json["name"] != "") table += line("name", json["name"].get<std::string>());
  table += line("id", json["id"].get<std::string>());
  for (const Json& tag : json["tags"]) table += line("tag", tag.is_string() ? tag.get<std::string>() : "");
  const Json& source = json["source"];
  if (source["size"] != 0) {
    std::string size = bytes(source["size"]);
    if (source.contains("unfolded"))
      size += ", " + source["compression"].get<std::string>() + " of " + bytes(source["unfolded"]);
    table += line("size", size);
  }
  for (const auto& [word, value] : json["settings"].items()) {
    const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    table += line(word, value.is_string() ? value.get<std::string>() : text);
  }
  for (const Json& layer : json["layers"]) {
    table += line("layer", layer["diff_id"].get<std::string>() + "  " + bytes(layer["size"]) +
                               (layer["compression"] == "none" ? "" : ", " + layer["compression"].get<std::string>()));
  }
  for (const Json& odd : json["oddities"]) table += line("odd", odd.get<std::string>());
  return table;
}

tl::expected<run::Inspection, Findings> inspect(const config::Request& request, const std::string& store_path) {
  const auto failed = [](const Error& error) {
    return tl::unexpected(Findings{{Severity::error, {}, "", sentence(error), error.hint}});
  };
  auto blueprint = plan::Blueprint::read(request);
  if (!blueprint) return tl::unexpected(blueprint.error());
  auto ids = run::ids_of(blueprint->isolation());
  if (!ids) return failed(ids.error());
  auto store = run::open_store(store_path);
  if (!store) return failed(store.error());
  return run::inspect_image(*store, *blueprint, *ids);
}

}  // namespace

int inspect_command(int count, const char* const* words) {
  TargetOptions options;
  bool json = false;
  Command command{
      "inspect",
      "TARGET",
      "Tells what an image's source is and holds, its settings, layers, sizes and oddities; imports nothing.",
      kExamples,
      pipeline_options(options),
      kUsage};
  command.options.push_back({"--json", "", "print JSON", [&](const std::string&) { json = true; }});
  const Words given = read_all_words(command, count, words);
  if (given.status >= 0) return given.status;
  if (given.rest.size() > 1) return too_many_words(command, given.rest[1]);
  if (given.rest.empty()) {
    print_error({0, "inspect needs an image", "", "slipway inspect image.tar"});
    return kUsage;
  }
  auto request = request_for(given.rest[0], {}, options);
  if (!request) {
    print_error(request.error());
    return kProblem;
  }
  auto found = inspect(*request, options.store);
  if (!found) {
    print_findings(found.error());
    return kProblem;
  }
  const Json all = to_json(*found, given.rest[0]);
  const std::string text = json ? all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n" : to_table(all);
  std::fputs(text.c_str(), stdout);
  return kOk;
}

}  // namespace slipway::cli
