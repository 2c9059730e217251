#include "sdk/host/schema_subset.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <slipway/text.hpp>

#include "sdk/host/values.hpp"

namespace slipway::host {
namespace {

using nlohmann::json;

constexpr int kDeepest = 16;

const std::vector<std::string>& schema_words() {
  static const std::vector<std::string> words{
      "type",        "enum",     "properties", "required",  "additionalProperties",
      "items",       "minimum",  "maximum",    "minLength", "maxLength",
      "minItems",    "maxItems", "pattern",    "default",   "examples",
      "description", "oneOf"};
  return words;
}
const std::vector<std::string>& type_words() {
  static const std::vector<std::string> words{"string", "integer", "number", "boolean", "array", "object"};
  return words;
}

bool contains(const std::vector<std::string>& words, const json& word) {
  return word.is_string() && std::find(words.begin(), words.end(), word.get_ref<const std::string&>()) != words.end();
}

bool is_count(const json& value) { return value.is_number_unsigned(); }
bool is_list(const json& value) { return value.is_array(); }
bool is_text(const json& value) { return value.is_string(); }
bool is_number(const json& value) { return value.is_number(); }
bool is_boolean(const json& value) { return value.is_boolean(); }
bool is_object(const json& value) { return value.is_object(); }

// What the value of each word has to be. One type and no list of them: which alternative of a "oneOf" is meant, its
// type tells, and each has bounds of its own.
struct WordRule {
  std::string_view word;
  bool (*fits)(const json&);
  const char* expected;
};
constexpr WordRule kRules[] = {
    {"properties", is_object, "an object"},
    {"oneOf", is_list, "a list"},
    {"enum", is_list, "a list"},
    {"required", is_list, "a list"},
    {"examples", is_list, "a list"},
    {"additionalProperties", is_boolean, "true or false"},
    {"minimum", is_number, "a number"},
    {"maximum", is_number, "a number"},
    {"minLength", is_count, "a count"},
    {"maxLength", is_count, "a count"},
    {"minItems", is_count, "a count"},
    {"maxItems", is_count, "a count"},
    {"pattern", is_text, "text"},
    {"description", is_text, "text"},
};

// A default is handed to the plugin without another look, which was promised values that fit.
bool is_of_type(const json& value, const json& type) {
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  if (type == "array") return value.is_array();
  return type != "object" || value.is_object();
}

const WordRule* rule_of(std::string_view word) {
  const auto* const found =
      std::find_if(std::begin(kRules), std::end(kRules), [&](const WordRule& rule) { return rule.word == word; });
  return found == std::end(kRules) ? nullptr : found;
}

void check_default(const json& schema, const json& value, const std::string& at, Problems& problems) {
  if (const auto type = schema.find("type"); type != schema.end() && type->is_string() && !is_of_type(value, *type)) {
    problems.push_back({at, "is " + shown(value) + ", which is no " + type->get<std::string>(), ""});
  } else if (const auto words = schema.find("enum"); words != schema.end() && words->is_array() &&
                                                     std::find(words->begin(), words->end(), value) == words->end()) {
    problems.push_back({at, "is " + shown(value) + ", which is none of the enum's values", ""});
  }
}

void check(const json& schema, const std::string& at, int depth, Problems& problems) {
  if (depth > kDeepest) {
    problems.push_back({at, "is nested more than 16 deep", ""});
    return;
  }
  if (!schema.is_object()) {
    problems.push_back({at, "is " + shown(schema) + "; expected a schema, an object", ""});
    return;
  }
  for (const auto& [word, value] : schema.items()) {
    const auto here = [&at, &word = word] { return at + "/" + pointer_token(word); };
    if (word == "type") {
      if (!contains(type_words(), value))
        problems.push_back({here(), "is " + shown(value) + ", no type", suggest("", type_words())});
    } else if (const auto* rule = rule_of(word); rule != nullptr && !rule->fits(value)) {
      problems.push_back({here(), "is " + shown(value) + "; expected " + rule->expected, ""});
    } else if (word == "properties") {
      for (const auto& [name, inner] : value.items())
        check(inner, here() + "/" + pointer_token(name), depth + 1, problems);
    } else if (word == "items") {
      check(value, here(), depth + 1, problems);
    } else if (word == "oneOf") {
      for (std::size_t i = 0; i < value.size(); ++i)
        check(value[i], here() + "/" + std::to_string(i), depth + 1, problems);
    } else if (word == "default") {
      check_default(schema, value, here(), problems);
    } else if (!contains(schema_words(), word) && !word.starts_with("x-")) {
      problems.push_back({here(), "is no word of the schemas that slipway reads", suggest(word, schema_words())});
    }
  }
}

}  // namespace

void check_options_schema(const json& schema, Problems& problems) {
  check(schema, "/options", 0, problems);
  if (!schema.is_object()) return;
  if (schema.value("type", json()) != "object" || schema.value("additionalProperties", json()) != false) {
    problems.push_back({"/options", R"(expected "type": "object" and "additionalProperties": false)", ""});
  }
  const auto properties = schema.find("properties");
  if (properties == schema.end() || !properties->is_object()) return;
  for (const char* word : {"use", "name", "after", "replaces"}) {
    if (properties->contains(word)) {
      problems.push_back({std::string("/options/properties/") + word, "that word is slipway's own in a pipeline", ""});
    }
  }
}

}  // namespace slipway::host
