// The JSON Schema of pipeline files. Draft 7 (json-schema.org/draft-07), because that is what editors know best: there
// "if"/"then" leads from a plugin's name to its options, so that completion offers just these.
#include "core/config/config.hpp"
#include "core/config/isolation_words.hpp"
#include "core/config/override.hpp"
#include "core/config/words.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

ordered_json text_option(const char* description) { return {{"type", "string"}, {"description", description}}; }

// "${name}" may stand for any value; where any string may stand, that need not be said.
// NOLINTNEXTLINE(misc-no-recursion): as deep as a manifest's schema
ordered_json or_variable(ordered_json schema) {
  if (schema.contains("properties")) {
    for (auto& [name, inner] : schema["properties"].items()) inner = or_variable(inner);
  }
  if (schema.contains("items")) schema["items"] = or_variable(schema["items"]);
  const auto type = schema.find("type");
  const bool takes_any_text = type != schema.end() && *type == "string" && !schema.contains("enum") &&
                              !schema.contains("pattern") && !schema.contains("maxLength");
  if (takes_any_text) return schema;
  ordered_json choice = ordered_json::object();
  for (const char* word : {"description", "default"}) {
    if (!schema.contains(word)) continue;
    choice[word] = schema[word];
    schema.erase(word);
  }
  choice["anyOf"] = ordered_json::array({std::move(schema), {{"$ref", "#/definitions/variable"}}});
  return choice;
}

ordered_json labels(const char* description) {
  return {{"description", description},
          {"oneOf", ordered_json::array({{{"type", "string"}}, {{"type", "array"}, {"items", {{"type", "string"}}}}})}};
}

// Defaults stand below each file, and other files may, so nothing is required here.
ordered_json entry_of(const host::Manifest& manifest) {
  const json& options = *manifest.options;
  ordered_json entry = {{"description", manifest.description}, {"type", "object"}, {"additionalProperties", false}};
  ordered_json& properties = entry["properties"] = ordered_json::object();
  for (const char* word : {"use", "name", "after", "replaces"}) properties[word] = true;
  if (const auto known = options.find("properties"); options.is_object() && known != options.end()) {
    for (const auto& [name, option] : known->items()) properties[name] = or_variable(option);
  }
  return entry;
}

/// What one entry of a stage may be.
ordered_json stage_entry(std::string_view stage, const std::vector<const host::Manifest*>& plugins) {
  ordered_json names = ordered_json::array();
  ordered_json conditions = ordered_json::array();
  for (const host::Manifest* plugin : plugins) {
    names.push_back(plugin->name);
    ordered_json is_used = {{"required", {"use"}}, {"properties", {{"use", {{"const", plugin->name}}}}}};
    conditions.push_back({{"if", std::move(is_used)}, {"then", {{"$ref", "#/definitions/" + plugin->name}}}});
  }
  ordered_json entry = {{"type", "object"}};
  entry["properties"] = {
      {"use",
       {{"description", "The plugin that serves the stage " + std::string(stage) + "."},
        {"anyOf", ordered_json::array({{{"enum", names}}, {{"type", "string"}}})}}},
      {"name", text_option("What else the entry is called; needed where two entries use one plugin.")},
      {"after", labels("Steps after which this plugin's may have the same target: OWNER:LABEL.")},
      {"replaces", labels("Steps that this plugin's stand in for: OWNER:LABEL.")}};
  if (!conditions.empty()) entry["allOf"] = std::move(conditions);
  return entry;
}

ordered_json isolation_schema() {
  ordered_json schema = {{"description", "Which namespaces the container has of its own, and which ids."},
                         {"type", "object"},
                         {"additionalProperties", false}};
  ordered_json& properties = schema["properties"];
  const ordered_json known = isolation_properties();
  for (const auto& [key, value] : known.items()) properties[key] = or_variable(value);
  return schema;
}

ordered_json list_of_text(const char* description) {
  return {{"description", description}, {"type", "array"}, {"items", {{"type", "string"}}}};
}

}  // namespace

std::string file_schema(const std::vector<host::Manifest>& plugins) {
  ordered_json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                         {"title", "slipway pipeline"},
                         {"type", "object"},
                         {"additionalProperties", false}};
  ordered_json& properties = schema["properties"] = {
      {"$schema", text_option("This schema, for editors; slipway does not read it.")},
      {"extends",
       {{"description", "The file that this one goes over, or several, the later over the earlier."},
        {"oneOf", ordered_json::array({{{"type", "string"}}, list_of_text("")})}}},
      {"vars",
       {{"description", "Variables and their values, for ${name} in strings; null: --var must give one."},
        {"type", "object"},
        {"propertyNames", {{"pattern", "^[A-Za-z][A-Za-z0-9_-]{0,63}$"}}}}}};
  ordered_json& definitions = schema["definitions"] = {
      {"variable", {{"type", "string"}, {"pattern", R"(\$\{)"}, {"description", "${name}: a variable's value"}}}};
  for (const std::string_view stage : kStages) {
    std::vector<const host::Manifest*> own;
    for (const host::Manifest& plugin : plugins) {
      if (plugin.stage != stage) continue;
      own.push_back(&plugin);
      definitions[plugin.name] = entry_of(plugin);
    }
    const std::string name(stage);
    definitions["stage " + name] = stage_entry(stage, own);
    const ordered_json entry = {{"$ref", "#/definitions/stage%20" + name}};
    properties[name] =
        !takes_list(stage)
            ? entry
            : ordered_json{{"oneOf", ordered_json::array({entry, {{"type", "array"}, {"items", entry}}})}};
  }
  properties["isolation"] = isolation_schema();
  properties["plugin_dirs"] = list_of_text("Further directories of plugins, each relative to the file that says so.");
  return schema.dump(2) + "\n";
}

}  // namespace slipway::config
