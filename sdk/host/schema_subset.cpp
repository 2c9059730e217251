#include "sdk/host/schema_subset.hpp"

#include <algorithm>
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
  static const std::vector<std::string> words{"string", "integer", "number", "boolean", "array", "object", "null"};
  return words;
}

bool contains(const std::vector<std::string>& words, const json& word) {
  return word.is_string() && std::find(words.begin(), words.end(), word.get_ref<const std::string&>()) != words.end();
}

// A type's name, or several of them.
bool is_type(const json& value) {
  return contains(type_words(), value) ||
         (value.is_array() && !value.empty() &&
          std::all_of(value.begin(), value.end(), [](const json& each) { return contains(type_words(), each); }));
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
      if (!is_type(value)) problems.push_back({here(), "is " + shown(value) + ", no type", suggest("", type_words())});
    } else if (word == "properties" && value.is_object()) {
      for (const auto& [name, inner] : value.items())
        check(inner, here() + "/" + pointer_token(name), depth + 1, problems);
    } else if (word == "items") {
      check(value, here(), depth + 1, problems);
    } else if (word == "oneOf" && value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i)
        check(value[i], here() + "/" + std::to_string(i), depth + 1, problems);
    } else if ((word == "properties" && !value.is_object()) ||
               ((word == "oneOf" || word == "enum" || word == "required") && !value.is_array())) {
      problems.push_back(
          {here(), "is " + shown(value) + "; expected " + (word == "properties" ? "an object" : "a list"), ""});
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
