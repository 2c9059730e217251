#include "core/config/options.hpp"

#include <unistd.h>

#include <array>
#include <climits>

namespace slipway::config {
namespace {

using nlohmann::json;

bool is_of_type(const std::string& type, const json& value) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  return type == "null" && value.is_null();
}

std::string current_directory() {
  std::array<char, PATH_MAX> buffer{};
  return ::getcwd(buffer.data(), buffer.size()) != nullptr ? buffer.data() : ".";
}

bool names_path(const json& schema) {
  const auto word = schema.find("x-slipway");
  return word != schema.end() &&
         (*word == "file" || *word == "directory" || *word == "file-or-directory" || *word == "text-of-file");
}

void complete_value(const json& schema, json& value, const std::string& pointer, Places& places);

void complete_object(const json& properties, json& value, const std::string& pointer, Places& places) {
  for (const auto& [key, schema] : properties.get_ref<const json::object_t&>()) {
    const auto written = value.find(key);
    if (written != value.end()) {
      complete_value(schema, *written, member(pointer, key), places);
    } else if (const auto standard = schema.find("default"); standard != schema.end()) {
      const std::string at = member(pointer, key);
      json& filled = value[key] = *standard;
      places.put(at, Origin{});
      complete_value(schema, filled, at, places);
    } else if (const auto inner = schema.find("properties"); inner != schema.end()) {
      json filled = json::object();
      const std::string at = member(pointer, key);
      complete_object(*inner, filled, at, places);
      if (filled.empty()) continue;
      places.put(at, Origin{});
      value[key] = std::move(filled);
    }
  }
}

void complete_value(const json& whole, json& value, const std::string& pointer, Places& places) {
  const json& schema = fitting_schema(whole, value);
  if (value.is_string()) {
    if (names_path(schema)) value = absolute_path(value.get_ref<const std::string&>(), pointer, places);
  } else if (value.is_object()) {
    if (const auto inner = schema.find("properties"); inner != schema.end())
      complete_object(*inner, value, pointer, places);
  } else if (value.is_array()) {
    const auto items = schema.find("items");
    if (items == schema.end()) return;
    for (std::size_t i = 0; i < value.size(); ++i) complete_value(*items, value[i], member(pointer, i), places);
  }
}

}  // namespace

const json& fitting_schema(const json& schema, const json& value) {
  const auto choices = schema.find("oneOf");
  if (choices == schema.end() || !choices->is_array()) return schema;
  for (const json& choice : *choices) {
    const auto type = choice.find("type");
    if (type != choice.end() && type->is_string() && is_of_type(*type, value)) return fitting_schema(choice, value);
  }
  return schema;
}

void complete_options(const json& schema, json& options, const std::string& pointer, Places& places) {
  complete_value(schema, options, pointer, places);
}

std::string absolute_path(const std::string& path, std::string_view pointer, const Places& places) {
  // Empty is for the schema to allow; "-" is standard input.
  if (path.empty() || path == "-" || path.front() == '/') return path;
  const Source& source = places.source(places.nearest(pointer).value.source);
  if (source.kind == Place::Source::builtin) return path;
  const auto is_relative = [](std::string_view name) { return name.empty() || name.front() != '/'; };
  std::string base;
  if (source.kind == Place::Source::file) base = parent(source.name);
  if (source.kind == Place::Source::file && source.name.find_last_of('/') == 0) base = "/";
  if (is_relative(base)) base = current_directory() + (base.empty() ? "" : "/" + base);
  // ".." stays as it is: behind a symbolic link it does not take the part before it back.
  std::string_view rest = path;
  while (rest.starts_with("./")) rest.remove_prefix(2);
  return base + (base.ends_with('/') ? "" : "/") + std::string(rest);
}

}  // namespace slipway::config
