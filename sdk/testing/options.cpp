#include "sdk/testing/options.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <slipway/text.hpp>

#include "sdk/host/values.hpp"

namespace slipway::testing {
namespace {

using host::Problems;
using nlohmann::json;

bool is_of(const std::string& type, const json& value) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  return type == "null" && value.is_null();
}

bool fits_type(const json& schema, const json& value) {
  const auto type = schema.find("type");
  if (type == schema.end()) return true;
  if (type->is_string()) return is_of(*type, value);
  return std::any_of(type->begin(), type->end(), [&](const json& each) { return is_of(each, value); });
}

// The alternative of a "oneOf" that has the value's type; the schema itself where none has.
const json& fitting(const json& schema, const json& value) {
  const auto choices = schema.find("oneOf");
  if (choices == schema.end()) return schema;
  for (const json& choice : *choices) {
    if (choice.contains("type") && fits_type(choice, value)) return fitting(choice, value);
  }
  return schema;
}

// Characters, as JSON Schema counts them: every byte of UTF-8 but the continuing ones.
std::size_t length_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

class Check {
 public:
  explicit Check(Problems& problems) : problems_(problems) {}

  void value(const json& whole, const json& value, const std::string& at) {
    const json& schema = fitting(whole, value);
    if (const auto words = schema.find("enum");
        words != schema.end() && std::find(words->begin(), words->end(), value) == words->end()) {
      return tell(at, "is " + host::shown(value) + "; expected one of " + words->dump());
    }
    if (schema.contains("oneOf") || !fits_type(schema, value)) {
      const std::string wanted = schema.contains("oneOf") ? "one of its alternatives" : schema["type"].dump();
      return tell(at, "is " + host::shown(value) + "; expected " + wanted);
    }
    if (value.is_number()) bounds(schema, value.get<double>(), "minimum", "maximum", "", at);
    if (value.is_string()) text(schema, value.get_ref<const std::string&>(), at);
    if (value.is_array()) list(schema, value, at);
    if (value.is_object()) object(schema, value, at);
  }

 private:
  void tell(const std::string& at, std::string message, std::string hint = {}) {
    problems_.push_back({at, std::move(message), std::move(hint)});
  }

  void bounds(const json& schema, double found, const char* least, const char* most, const std::string& unit,
              const std::string& at) {
    if (schema.contains(least) && found < schema[least].get<double>())
      tell(at, "is too small; expected at least " + schema[least].dump() + unit);
    if (schema.contains(most) && found > schema[most].get<double>())
      tell(at, "is too large; expected at most " + schema[most].dump() + unit);
  }

  void text(const json& schema, const std::string& found, const std::string& at) {
    bounds(schema, static_cast<double>(length_of(found)), "minLength", "maxLength", " characters", at);
    const auto pattern = schema.find("pattern");
    if (pattern == schema.end()) return;
    // The matcher that slipway takes: it neither recurses once a character nor takes exponential time.
    const std::regex form(pattern->get<std::string>(),
                          std::regex_constants::ECMAScript | std::regex_constants::__polynomial);
    if (!std::regex_search(found, form)) {
      tell(at, "is " + host::shown(found) + "; expected text of the form " + pattern->get<std::string>(),
           schema.value("description", ""));
    }
  }

  void list(const json& schema, const json& found, const std::string& at) {
    bounds(schema, static_cast<double>(found.size()), "minItems", "maxItems", " entries", at);
    const auto items = schema.find("items");
    if (items == schema.end()) return;
    for (std::size_t i = 0; i < found.size(); ++i) value(*items, found[i], at + "/" + std::to_string(i));
  }

  void object(const json& schema, const json& found, const std::string& at) {
    const json properties = schema.value("properties", json::object());
    std::vector<std::string> known;
    for (const auto& [key, inner] : properties.items()) known.push_back(key);
    for (const auto& [key, inner] : found.items()) {
      const std::string here = at + "/" + pointer_token(key);
      if (properties.contains(key)) {
        value(properties[key], inner, here);
      } else if (schema.value("additionalProperties", true) == false) {
        tell(here, "is no option", host::suggest(key, known));
      }
    }
    for (const json& key : schema.value("required", json::array())) {
      if (!found.contains(key.get<std::string>())) tell(at, "lacks " + host::shown(key));
    }
  }

  Problems& problems_;
};

void fill(const json& whole, json& value) {
  const json& schema = fitting(whole, value);
  if (value.is_array() && schema.contains("items")) {
    for (json& inner : value) fill(schema["items"], inner);
  }
  if (!value.is_object()) return;
  const json properties = schema.value("properties", json::object());
  for (const auto& [key, inner] : properties.items()) {
    if (value.contains(key)) {
      fill(inner, value[key]);
    } else if (inner.contains("default")) {
      fill(inner, value[key] = inner["default"]);
    } else if (inner.contains("properties")) {
      json filled = json::object();
      fill(inner, filled);
      if (!filled.empty()) value[key] = std::move(filled);
    }
  }
}

}  // namespace

void check_options(const json& schema, const json& options, Problems& problems) {
  Check(problems).value(schema, options, "/options");
}

void fill_defaults(const json& schema, json& options) { fill(schema, options); }

}  // namespace slipway::testing
