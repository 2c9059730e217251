// The meta-schema of options (what a manifest's "options" may say), with words for what is outside of it.
#include <algorithm>
#include <array>

#include "core/config/config.hpp"
#include "core/config/options.hpp"
#include "core/config/parse.hpp"
#include "core/config/words.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;

class Subset {
 public:
  host::Problems problems{};

  void options(const json& schema) {
    if (!schema.is_object() || schema.value("type", json()) != "object") {
      tell("/type", "the schema of options describes an object", "begin it with \"type\": \"object\"");
      return;
    }
    value(schema, "");
    if (const auto properties = schema.find("properties"); properties != schema.end() && properties->is_object()) {
      for (const auto& [key, unused] : properties->items()) option_name(key);
    }
  }

 private:
  void tell(std::string at, std::string message, std::string hint = {}) {
    problems.push_back({std::move(at), std::move(message), std::move(hint)});
  }

  void option_name(const std::string& key) {
    static constexpr std::array<std::string_view, 4> kReserved = {"use", "name", "after", "replaces"};
    if (std::find(kReserved.begin(), kReserved.end(), key) != kReserved.end()) {
      tell(member("/properties", key), quote(key) + " is a word of the pipeline and cannot be an option");
    }
  }

  static std::vector<std::string> keywords(const std::string& type) {
    std::vector<std::string> words = {"type", "enum", "default", "examples", "description", "x-slipway"};
    if (type == "object") words.insert(words.end(), {"properties", "required", "additionalProperties"});
    if (type == "array") words.insert(words.end(), {"items", "minItems", "maxItems"});
    if (type == "string") words.insert(words.end(), {"pattern", "minLength", "maxLength"});
    if (type == "integer" || type == "number") words.insert(words.end(), {"minimum", "maximum"});
    return words;
  }

  void known_keys(const json& schema, const std::string& at, const std::vector<std::string>& words) {
    for (const auto& [key, unused] : schema.items()) {
      if (key.starts_with("x-")) continue;  // somebody's own
      if (std::find(words.begin(), words.end(), key) == words.end()) {
        tell(member(at, key), quote(key) + " is not in the subset of JSON Schema for options",
             allowed_hint(key, words));
      }
    }
  }

  void value(const json& schema, const std::string& at) {
    static const std::vector<std::string> kTypes = {"object", "array", "string", "integer", "number", "boolean"};
    if (!schema.is_object()) return tell(at, "expected a schema, found " + describe(schema));
    const std::size_t before = problems.size();
    if (schema.contains("oneOf")) {
      choices(schema, at);
    } else {
      const bool has_type = schema.contains("type") || !schema.contains("enum");  // words say of what type they are
      const json type = has_type ? schema.value("type", json()) : json("");
      if (!type.is_string()) return tell(at, "\"type\" is missing", "it is " + one_of(kTypes));
      if (has_type && std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) {
        return tell(member(at, "type"), "unknown type " + describe(type),
                    allowed_hint(type.get<std::string>(), kTypes));
      }
      known_keys(schema, at, keywords(type));
      if (type == "object") object(schema, at);
      if (type == "array") list(schema, at);
      bounds(schema, at);
      words(schema, at);
    }
    if (const auto text = schema.find("description"); text != schema.end() && !text->is_string()) {
      tell(member(at, "description"), "expected a string, found " + describe(*text));
    }
    if (problems.size() == before) {
      standard(schema, at);
      examples(schema, at);
    }
  }

  // Which alternative is meant must be clear from the value's type, or no message could name what is wrong inside it.
  void choices(const json& schema, const std::string& at) {
    known_keys(schema, at, {"oneOf", "default", "description"});
    const json& all = schema["oneOf"];
    const std::string inside = member(at, "oneOf");
    if (!all.is_array() || all.size() < 2)
      return tell(inside, "expected a list of two or more schemas, found " + describe(all));
    std::vector<json> seen;
    for (std::size_t i = 0; i < all.size(); ++i) {
      value(all[i], member(inside, i));
      const json type = all[i].is_object() ? all[i].value("type", json()) : json();
      if (std::find(seen.begin(), seen.end(), type) != seen.end()) {
        tell(member(inside, i), "two alternatives have the type " + describe(type),
             "alternatives are told apart by their type");
      }
      const bool whole = type == "integer";
      if ((whole || type == "number") &&
          std::find(seen.begin(), seen.end(), whole ? "number" : "integer") != seen.end()) {
        tell(member(inside, i), "\"integer\" and \"number\" cannot be told apart",
             "alternatives are told apart by their type");
      }
      seen.push_back(type);
    }
  }

  void object(const json& schema, const std::string& at) {
    if (schema.value("additionalProperties", json()) != false) {
      tell(member(at, "additionalProperties"), "\"additionalProperties\" must be false",
           "unknown keys are errors, so that a slip of the pen is not passed over");
    }
    const json properties = schema.value("properties", json::object());
    if (!properties.is_object())
      return tell(member(at, "properties"), "expected an object, found " + describe(properties));
    for (const auto& [key, inner] : properties.items()) {
      const std::string inside = member(member(at, "properties"), key);
      value(inner, inside);
      if (inner.is_object() && !inner.contains("description")) tell(inside, "\"description\" is missing");
    }
    required(schema, properties, member(at, "required"));
  }

  void required(const json& schema, const json& properties, const std::string& at) {
    const auto names = schema.find("required");
    if (names == schema.end()) return;
    if (!names->is_array()) return tell(at, "expected a list of names, found " + describe(*names));
    for (std::size_t i = 0; i < names->size(); ++i) {
      const json& name = (*names)[i];
      if (!name.is_string() || !properties.contains(name.get_ref<const std::string&>())) {
        tell(member(at, i), describe(name) + " is not among the properties");
      } else if (properties[name.get_ref<const std::string&>()].contains("default")) {
        tell(member(at, i), describe(name) + " has a default and cannot be required");
      }
    }
  }

  void list(const json& schema, const std::string& at) {
    if (!schema.contains("items")) return tell(at, "\"items\" is missing", "say what a list holds");
    value(schema["items"], member(at, "items"));
  }

  void bounds(const json& schema, const std::string& at) {
    for (const char* key : {"minLength", "maxLength", "minItems", "maxItems"}) {
      if (const auto bound = schema.find(key); bound != schema.end() && !bound->is_number_unsigned()) {
        tell(member(at, key), "expected a count, found " + describe(*bound));
      }
    }
    for (const char* key : {"minimum", "maximum"}) {
      if (const auto bound = schema.find(key); bound != schema.end() && !bound->is_number()) {
        tell(member(at, key), "expected a number, found " + describe(*bound));
      }
    }
    const auto pattern = schema.find("pattern");
    if (pattern == schema.end()) return;
    if (!pattern->is_string()) return tell(member(at, "pattern"), "expected a string, found " + describe(*pattern));
    if (!is_pattern(*pattern)) tell(member(at, "pattern"), "this is no regular expression");
  }

  void words(const json& schema, const std::string& at) {
    static const std::vector<std::string> kPaths = {"file", "directory", "file-or-directory", "text-of-file"};
    if (const auto allowed = schema.find("enum");
        allowed != schema.end() && (!allowed->is_array() || allowed->empty())) {
      tell(member(at, "enum"), "expected a list of values, found " + describe(*allowed));
    }
    const auto meaning = schema.find("x-slipway");
    if (meaning == schema.end()) return;
    if (!meaning->is_string() || std::find(kPaths.begin(), kPaths.end(), *meaning) == kPaths.end()) {
      tell(member(at, "x-slipway"), "expected " + one_of(kPaths) + ", found " + describe(*meaning));
    } else if (schema.value("type", json()) != "string") {
      tell(member(at, "x-slipway"), "only a string can name a file");
    }
  }

  void examples(const json& schema, const std::string& at) {
    const auto found = schema.find("examples");
    if (found == schema.end()) return;
    const std::string inside = member(at, "examples");
    if (!found->is_array()) return tell(inside, "expected a list of values, found " + describe(*found));
    for (std::size_t i = 0; i < found->size(); ++i) {
      for (OptionProblem& problem : check_options(schema, (*found)[i]))
        tell(member(inside, i) + problem.pointer, "the example does not fit: " + problem.message);
    }
  }

  void standard(const json& schema, const std::string& at) {
    const auto found = schema.find("default");
    if (found == schema.end()) return;
    for (OptionProblem& problem : check_options(schema, *found)) {
      tell(member(at, "default") + problem.pointer, "the default does not fit: " + problem.message);
    }
  }
};

}  // namespace

host::Problems check_schema(std::string_view schema) {
  Collector collector;
  const Parsed parsed = parse(schema, 0, collector);
  Subset subset;
  if (collector.empty()) {
    subset.options(parsed.value);
  } else {
    for (Finding& finding : std::move(collector).findings(Places{})) {
      subset.problems.push_back({std::move(finding.pointer), std::move(finding.message), std::move(finding.hint)});
    }
  }
  return std::move(subset.problems);
}

}  // namespace slipway::config
