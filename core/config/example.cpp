#include "core/config/example.hpp"

#include "core/config/words.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;

bool says_something(const json& value) { return value != "" && !(value.is_structured() && value.empty()); }

std::string text_of(const json& value) {
  // What is not UTF-8 was typed, and is shown as it can be shown.
  return value.is_string() ? quote(value.get_ref<const std::string&>()) : value.dump();
}

}  // namespace

std::optional<json> example_of(const json& schema) {
  if (const auto examples = schema.find("examples"); examples != schema.end() && examples->is_array()) {
    for (const json& example : *examples) {
      if (says_something(example)) return example;
    }
  }
  if (const auto standard = schema.find("default"); standard != schema.end() && says_something(*standard)) {
    return *standard;
  }
  if (const auto items = schema.find("items"); items != schema.end()) {
    if (auto item = example_of(*items)) return json::array({std::move(*item)});
  }
  return std::nullopt;
}

std::string list_written(const json& schema, const json& value) {
  const json items = schema.value("items", json::object());
  const std::string type = items.value("type", "");
  const bool is_item = (type == "string" && value.is_string() && says_something(value)) ||
                       (type == "integer" && value.is_number_integer()) || (type == "object" && value.is_object());
  if (is_item) return type == "object" ? "[ {…} ]" : "[" + text_of(value) + "]";
  const auto example = example_of(schema);
  const bool has_item = example && example->is_array() && !example->empty();
  return "[" + (has_item ? text_of(example->front()) : type == "string" ? "\"…\"" : "…") + ", …]";
}

}  // namespace slipway::config
