#include "core/cli/plugin_paths.hpp"

#include <nlohmann/json.hpp>

namespace slipway::cli {
namespace {

using nlohmann::json;

// The words that an option can be, as --set takes them. A value of another kind is the user's to know.
void add_words(const json& schema, const std::string& path, std::string& text) {
  if (schema.value("type", "") == "boolean") text += path + "=true\n" + path + "=false\n";
  const json words = schema.value("enum", json::array());
  for (const json& word : words) {
    if (word.is_string()) text += path + "=" + word.get<std::string>() + "\n";
  }
  const json choices = schema.value("oneOf", json::array());
  for (const json& choice : choices) add_words(choice, path, text);
}

void add_paths(const json& schema, const std::string& above, std::string& text) {
  const auto properties = schema.find("properties");
  if (properties == schema.end()) return;
  for (const auto& [name, option] : properties->items()) {
    const std::string path = above + name;
    // What --set or a shell would take for something else is not offered.
    if (path.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") !=
        std::string::npos)
      continue;
    text += path + "=\n";
    add_words(option, path, text);
    add_paths(option, path + ".", text);
  }
}

}  // namespace

std::string paths_of_options(plugins::Finder& finder) {
  std::string text;
  for (const plugins::Listed& plugin : finder.list()) {
    if (plugin.hidden || plugin.problem || !plugin.manifest) continue;
    const std::string& stage = plugin.manifest->stage;
    const bool is_one = stage == "image" || stage == "rootfs" || stage == "exec";
    add_paths(*plugin.manifest->options, is_one ? stage + "." : stage + "." + plugin.name + ".", text);
  }
  for (const char* word : {"namespaces", "user", "ids", "hostname", "propagation"})
    text += "isolation." + std::string(word) + "=\n";
  return text;
}

}  // namespace slipway::cli
