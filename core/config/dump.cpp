#include "core/config/config.hpp"
#include "core/config/isolation_words.hpp"
#include "core/config/override.hpp"
#include "core/config/value.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// What is written must not be filled in a second time.
std::string literal(const std::string& text) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '$' && i + 1 < text.size() && text[i + 1] == '{') escaped += '$';
    escaped += text[i];
  }
  return escaped;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as a pipeline may be
ordered_json literal(const json& value) {
  if (value.is_string()) return literal(value.get<std::string>());
  if (value.is_array()) {
    ordered_json list = ordered_json::array();
    for (const json& entry : value) list.push_back(literal(entry));
    return list;
  }
  if (!value.is_object()) return value;
  ordered_json object = ordered_json::object();
  for (const auto& [key, member] : value.items()) object[key] = literal(member);
  return object;
}

ordered_json entry_of(const StageUse& use) {
  ordered_json entry = {{"use", literal(use.use)}};
  if (use.name != use.use) entry["name"] = use.name;
  if (!use.after.empty()) entry["after"] = literal(json(use.after));
  if (!use.replaces.empty()) entry["replaces"] = literal(json(use.replaces));
  for (const auto& [key, value] : use.options.items()) entry[key] = literal(value);
  return entry;
}

ordered_json stage_of(const Pipeline& pipeline, std::string_view stage) {
  ordered_json list = ordered_json::array();
  for (const StageUse& use : pipeline.stages) {
    if (use.stage != stage) continue;
    // As it was written: its pointer says whether the stage stands there as a list.
    if (use.pointer == "/" + std::string(stage)) return entry_of(use);
    list.push_back(entry_of(use));
  }
  return list;
}

/// JSON with a comment behind each line that holds a value.
class Printer {
 public:
  Printer(const Places& places, bool with_places) : places_(places), with_places_(with_places) {}

  // NOLINTNEXTLINE(misc-no-recursion): as deep as a pipeline may be
  void print(const ordered_json& value, const std::string& pointer, const std::string& indent, const char* behind) {
    if (!value.is_structured() || value.empty()) {
      text_ += value.dump(-1, ' ', false, json::error_handler_t::replace);
      text_ += behind;
      if (with_places_ && !pointer.empty()) text_ += "  // " + printable(to_text(places_.of_value(pointer)), 4096);
      text_ += "\n";
      return;
    }
    const bool is_object = value.is_object();
    text_ += is_object ? "{\n" : "[\n";
    std::size_t left = value.size();
    std::size_t index = 0;
    for (const auto& [key, inner] : value.items()) {
      text_ += indent + "  ";
      if (is_object) text_ += json(key).dump(-1, ' ', false, json::error_handler_t::replace) + ": ";
      print(inner, is_object ? member(pointer, key) : member(pointer, index++), indent + "  ", --left == 0 ? "" : ",");
    }
    text_ += indent + (is_object ? "}" : "]") + behind + "\n";
  }

  [[nodiscard]] std::string&& text() && { return std::move(text_); }

 private:
  const Places& places_;
  bool with_places_;
  std::string text_;
};

}  // namespace

std::string dump(const Pipeline& pipeline, bool places) {
  ordered_json document;
  for (const std::string_view stage : kStages) document[std::string(stage)] = stage_of(pipeline, stage);
  document["isolation"] = literal(to_json(pipeline.isolation));
  if (!pipeline.plugin_dirs.empty()) document["plugin_dirs"] = literal(json(pipeline.plugin_dirs));
  Printer printer(pipeline.places, places);
  printer.print(document, "", "", "");
  return std::move(printer).text();
}

}  // namespace slipway::config
