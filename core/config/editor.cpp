#include "core/config/editor.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/config/override.hpp"
#include "core/config/words.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;

std::optional<std::size_t> index_of(std::string_view text) {
  std::size_t index = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (text.empty() || problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index;
}

bool is_called(const json& entry, const std::string& word) {
  const auto is = [&](const char* key) {
    const auto found = entry.find(key);
    return found != entry.end() && *found == word;
  };
  return entry.is_object() && (is("name") || is("use"));
}

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

Editor::Editor(Value& document, const std::string& label, Collector& collector)
    : document_(document), collector_(collector) {
  spot_.source = document_.places.add({Place::Source::command_line, label, {}});
}

void Editor::tell(std::string_view pointer, std::string_view message, std::string_view hint) {
  collector_.at(spot_, pointer, message, hint);
}

void Editor::write(const Spotted& part, json value) {
  document_.places.forget(part.pointer);
  document_.places.put(part.pointer, Origin{spot_, 0});
  *part.node = std::move(value);
}

bool Editor::known_top(const std::string& word, bool stages_only) {
  if (is_stage(word)) return true;
  std::vector<std::string> words(kStages.begin(), kStages.end());
  if (!stages_only) {
    if (word == "isolation" || word == "plugin_dirs" || word == "vars") return true;
    words.insert(words.end(), {"isolation", "plugin_dirs", "vars"});
  }
  tell({}, "there is no " + std::string(stages_only ? "stage " : "section ") + quote(word), allowed_hint(word, words));
  return false;
}

bool Editor::well_formed(const std::vector<std::string>& parts) {
  if (std::none_of(parts.begin(), parts.end(), [](const std::string& part) { return part.empty(); })) return true;
  tell({}, "this path has an empty part", "a path is written like rootfs.upper");
  return false;
}

std::optional<Editor::Spotted> Editor::entry(std::vector<std::string>& parts) {
  Spotted part{&document_.value[parts[0]], "/" + parts[0]};
  const std::string stage = parts[0];
  parts.erase(parts.begin());
  if (!takes_list(stage) || parts.empty()) return part;
  if (part.node->is_array()) return list_entry(stage, part, parts);
  if (part.node->is_object() && (parts[0] == "0" || is_called(*part.node, parts[0]))) {
    parts.erase(parts.begin());
  }
  return part;
}

std::optional<Editor::Spotted> Editor::list_entry(const std::string& stage, const Spotted& list,
                                                  std::vector<std::string>& parts) {
  const std::string word = parts[0];
  std::vector<std::string> names;
  for (std::size_t i = 0; i < list.node->size(); ++i) {
    json& candidate = (*list.node)[i];
    if (word == std::to_string(i) || is_called(candidate, word)) {
      parts.erase(parts.begin());
      return Spotted{&candidate, member(list.pointer, i)};
    }
    names.push_back(std::to_string(i));
    for (const char* key : {"use", "name"}) {
      if (!candidate.is_object()) continue;
      if (const auto found = candidate.find(key); found != candidate.end() && found->is_string())
        names.push_back(*found);
    }
  }
  tell(list.pointer, quote(word) + " names no entry of " + quote(stage),
       names.empty() ? "the list is empty" : allowed_hint(word, names));
  return std::nullopt;
}

std::optional<Editor::Spotted> Editor::descend(Spotted part, const std::vector<std::string>& parts) {
  for (const std::string& word : parts) {
    if (part.node->is_null()) write(part, json::object());
    if (part.node->is_object()) {
      part = {&(*part.node)[word], member(part.pointer, word)};
      continue;
    }
    if (!part.node->is_array()) {
      tell(part.pointer, describe(*part.node) + " stands here, which has no " + quote(word) + " inside");
      return std::nullopt;
    }
    const auto index = index_of(word);
    if (!index || *index >= part.node->size()) {
      tell(part.pointer, quote(word) + " is no entry of a list of " + std::to_string(part.node->size()),
           "entries are counted from 0");
      return std::nullopt;
    }
    part = {&(*part.node)[*index], member(part.pointer, *index)};
  }
  return part;
}

Editor::Spotted Editor::top_level(std::vector<std::string>& parts) {
  const std::string top = parts[0];
  parts.erase(parts.begin());
  return Spotted{&document_.value[top], "/" + top};
}

std::optional<Editor::Spotted> Editor::find(std::vector<std::string> parts) {
  const auto top = top_level(parts);
  return descend(top, parts);
}

void Editor::put(const std::vector<std::string>& parts, json value) {
  if (const auto part = find(parts)) write(*part, std::move(value));
}

void Editor::append(const std::vector<std::string>& parts, json value) {
  const auto part = find(parts);
  if (!part) return;
  if (part->node->is_null()) write(*part, json::array());
  if (!part->node->is_array()) return;
  const std::size_t index = part->node->size();
  part->node->push_back(std::move(value));
  document_.places.put(member(part->pointer, index), Origin{spot_, 0});
}

}  // namespace slipway::config
