#include "core/config/override.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/config/merge.hpp"
#include "core/config/parse.hpp"
#include "core/config/words.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::optional<std::size_t> index_of(std::string_view text) {
  std::size_t index = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (text.empty() || problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index;
}

/// One override on its way into the document.
class Change {
 public:
  Change(Value& document, const Override& change, Collector& collector)
      : document_(document), change_(change), collector_(collector) {
    spot_.source = document_.places.add({Place::Source::command_line, change.label, {}});
  }

  void apply() {
    using Kind = Override::Kind;
    switch (change_.kind) {
      case Kind::use:
        return use();
      case Kind::set:
        return set();
      case Kind::arguments:
        return put({"exec", "args"}, change_.words);
      case Kind::entrypoint:
        return put({"exec", "entrypoint"}, change_.value.empty() ? json::array() : json::array({change_.value}));
      case Kind::environment:
        return environment();
      case Kind::workdir:
        return put({"exec", "workdir"}, change_.value);
      case Kind::user:
        return put({"exec", "user"}, change_.value);
      case Kind::hostname:
        return put({"isolation", "hostname"}, change_.value);
      case Kind::plugin_dir:
        return append({"plugin_dirs"}, change_.value);
      case Kind::text:
        return put(split(change_.path, '.'), change_.value);
      case Kind::append:
        return append(split(change_.path, '.'), change_.value);
      case Kind::bind:
        return bind();
    }
  }

 private:
  // A part of the document, and its pointer.
  struct Spotted {
    json* node = nullptr;
    std::string pointer{};
  };

  void tell(std::string_view pointer, std::string_view message, std::string_view hint = {}) {
    collector_.at(spot_, pointer, message, hint);
  }

  void write(const Spotted& part, json value) {
    document_.places.forget(part.pointer);
    document_.places.put(part.pointer, Origin{spot_, 0});
    *part.node = std::move(value);
  }

  bool known_top(const std::string& word, bool stages_only) {
    if (is_stage(word)) return true;
    std::vector<std::string> words(kStages.begin(), kStages.end());
    if (!stages_only) {
      if (word == "isolation" || word == "plugin_dirs" || word == "vars") return true;
      words.insert(words.end(), {"isolation", "plugin_dirs", "vars"});
    }
    tell({}, "there is no " + std::string(stages_only ? "stage " : "section ") + quote(word),
         allowed_hint(word, words));
    return false;
  }

  // The entry of a stage that the parts of a path name; takes those parts away. What a stage holds one of may be named
  // like an entry of a list, so that a path stays right when a second one comes.
  std::optional<Spotted> entry(std::vector<std::string>& parts) {
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

  static bool is_called(const json& entry, const std::string& word) {
    const auto is = [&](const char* key) {
      const auto found = entry.find(key);
      return found != entry.end() && *found == word;
    };
    return entry.is_object() && (is("name") || is("use"));
  }

  std::optional<Spotted> list_entry(const std::string& stage, const Spotted& list, std::vector<std::string>& parts) {
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

  // Walks down to what the parts name, making objects on the way.
  std::optional<Spotted> descend(Spotted part, const std::vector<std::string>& parts) {
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

  bool well_formed(const std::vector<std::string>& parts) {
    if (std::none_of(parts.begin(), parts.end(), [](const std::string& part) { return part.empty(); })) return true;
    tell({}, "this path has an empty part", "a path is written like rootfs.upper");
    return false;
  }

  std::optional<Spotted> top_level(std::vector<std::string>& parts) {
    const std::string top = parts[0];
    parts.erase(parts.begin());
    return Spotted{&document_.value[top], "/" + top};
  }

  std::optional<Spotted> find(std::vector<std::string> parts) {
    const auto top = top_level(parts);
    return descend(*top, parts);
  }

  void put(const std::vector<std::string>& parts, json value) {
    if (const auto part = find(parts)) write(*part, std::move(value));
  }

  // A list that is not there yet begins empty; one of another type is left for the schema to tell.
  void append(const std::vector<std::string>& parts, json value) {
    const auto part = find(parts);
    if (!part) return;
    if (part->node->is_null()) write(*part, json::array());
    if (!part->node->is_array()) return;
    const std::size_t index = part->node->size();
    part->node->push_back(std::move(value));
    document_.places.put(member(part->pointer, index), Origin{spot_, 0});
  }

  void environment() {
    if (change_.value.empty() || change_.value.front() == '=') {
      tell("/exec/env", "expected NAME=VALUE or NAME, found " + quote(change_.value));
      return;
    }
    append({"exec", "env"}, change_.value);
  }

  // The last of the stage's entries that use the plugin for binds, or a new one behind them all.
  void bind() {
    constexpr const char* kPlugin = "pseudo-binds";
    json& stage = document_.value["pseudo"];
    const std::string pointer = "/pseudo";
    if (stage.is_object()) {
      const Places::Map origins = document_.places.below(pointer);
      document_.places.forget(pointer);
      for (const auto& [rest, origin] : origins) document_.places.put(member(pointer, std::size_t{0}) + rest, origin);
      stage = json::array({std::exchange(stage, json())});
    }
    if (stage.is_null()) write({&stage, pointer}, json::array());
    if (!stage.is_array()) return;  // told when the stages are read
    std::size_t index = stage.size();
    for (std::size_t i = 0; i < stage.size(); ++i) {
      if (stage[i].is_object() && stage[i].value("use", json()) == kPlugin) index = i;
    }
    const std::string at = member(pointer, index);
    if (index == stage.size()) {
      stage.push_back(json::object());
      use_plugin(document_, stage.back(), at, kPlugin, spot_);
    }
    json& binds = stage[index]["binds"];
    const std::string list = member(at, "binds");
    if (binds.is_null()) write({&binds, list}, json::array());
    if (!binds.is_array()) return;  // for the schema to tell
    const std::string place = member(list, binds.size());
    binds.push_back({{"source", change_.words[0]}, {"target", change_.words[1]}, {"access", change_.words[2]}});
    document_.places.put(place, Origin{spot_, 0});
  }

  // The words of --var and --set vars.x: only what a file declares can be given, so that a slip of the finger is told.
  bool is_declared(const std::vector<std::string>& parts) {
    json& vars = document_.value["vars"];
    if (vars.is_null() && document_.places.find("/vars") == nullptr) vars = json::object();
    if (!vars.is_object()) return false;  // told when it is read
    if (parts.empty()) {
      tell("/vars", "no variable is named", "--var NAME=VALUE");
      return false;
    }
    if (vars.contains(parts[0])) return true;
    std::vector<std::string> names;
    for (const auto& [name, value] : vars.items()) names.push_back(name);
    tell("/vars", "the pipeline has no variable " + quote(parts[0]),
         names.empty() ? R"(it declares none; "vars": {"name": VALUE} does)" : allowed_hint(parts[0], names));
    return false;
  }

  // JSON, else a string.
  json value_at(const std::string& pointer, Places::Map& origins) {
    Collector problems;
    Parsed parsed = parse(change_.value, spot_.source, problems, pointer);
    if (parsed.complete) {
      for (Finding& finding : std::move(problems).findings(document_.places)) {
        tell(finding.pointer, finding.message);
      }
      origins = std::move(parsed.origins);
      return std::move(parsed.value);
    }
    origins.emplace(pointer, Origin{spot_, 0});
    return change_.value;
  }

  void set() {
    std::vector<std::string> parts = split(change_.path, '.');
    if (!well_formed(parts) || !known_top(parts[0], false)) return;
    const std::string top = parts[0];
    auto at = is_stage(top) ? entry(parts) : top_level(parts);
    if (!at) return;
    if (top == "vars") {
      if (!is_declared(parts)) return;
      if (parts.size() == 1 && at->node->at(parts[0]).is_string()) return put({"vars", parts[0]}, change_.value);
    }
    const bool is_entry = is_stage(top) && parts.empty();
    Places::Map origins;
    if (is_stage(top) && parts.size() == 1 && parts[0] == "use") {
      json value = {{"use", value_at(at->pointer + "/use", origins)}};
      return merge_part(document_, *at->node, at->pointer, Part::entry, std::move(value), std::move(origins));
    }
    at = descend(*at, parts);
    if (!at) return;
    json value = value_at(at->pointer, origins);
    merge_part(document_, *at->node, at->pointer, is_entry ? Part::entry : Part::other, std::move(value),
               std::move(origins));
  }

  void use() {
    std::vector<std::string> parts = split(change_.path, '.');
    if (!well_formed(parts) || !known_top(parts[0], true)) return;
    const std::string stage = parts[0];
    const std::vector<std::string> plugins = split(change_.value, ',');
    const bool whole_list = takes_list(stage) && parts.size() == 1;
    // A shell's variable that is unset must not take the hardening away.
    if (change_.value.empty()) {
      tell("/" + stage, "no plugin is named", whole_list ? "--set " + stage + "=[] empties the list" : "");
      return;
    }
    if (!whole_list && plugins.size() != 1) {
      tell("/" + stage, quote(stage) + " takes one plugin, not " + std::to_string(plugins.size()));
      return;
    }
    if (std::any_of(plugins.begin(), plugins.end(), [](const std::string& name) { return name.empty(); })) {
      tell("/" + stage, "an empty name in the list " + quote(change_.value));
      return;
    }
    if (whole_list && (plugins.size() > 1 || !document_.value[stage].is_object())) return use_list(stage, plugins);
    const auto at = entry(parts);
    if (!at) return;
    if (!parts.empty()) {
      tell(at->pointer, "this path goes deeper than a plugin", "write --use " + stage + "=" + plugins[0]);
      return;
    }
    use_plugin(document_, *at->node, at->pointer, plugins[0], spot_);
  }

  // An entry of the old list that uses the same plugin keeps what it says.
  void use_list(const std::string& stage, const std::vector<std::string>& plugins) {
    json& node = document_.value[stage];
    const std::string pointer = "/" + stage;
    Value old;
    old.value = std::exchange(node, json());
    std::vector<Places::Map> origins;
    if (old.value.is_object()) {
      origins.push_back(document_.places.below(pointer));
      old.value = json::array({std::move(old.value)});
    } else {
      for (std::size_t i = 0; i < old.value.size(); ++i) origins.push_back(document_.places.below(member(pointer, i)));
    }
    write({&node, pointer}, json::array());
    for (const std::string& plugin : plugins) keep_or_make(node, pointer, plugin, old.value, origins);
  }

  void keep_or_make(json& list, const std::string& pointer, const std::string& plugin, json& old,
                    std::vector<Places::Map>& origins) {
    const std::string at = member(pointer, list.size());
    json& entry = list.emplace_back();
    for (std::size_t i = 0; old.is_array() && i < old.size(); ++i) {
      if (!old[i].is_object() || old[i].value("use", json()) != plugin) continue;
      entry = std::exchange(old[i], json());
      for (const auto& [rest, origin] : origins[i]) document_.places.put(at + rest, origin);
    }
    use_plugin(document_, entry, at, plugin, spot_);
  }

  Value& document_;
  const Override& change_;
  Collector& collector_;
  Spot spot_{};
};

}  // namespace

bool is_stage(std::string_view word) { return std::find(kStages.begin(), kStages.end(), word) != kStages.end(); }

bool takes_list(std::string_view stage) {
  constexpr auto kWords = host::kListStageWords;
  return std::find(kWords.begin(), kWords.end(), stage) != kWords.end();
}

void apply_override(Value& document, const Override& change, Collector& collector) {
  if (!document.value.is_object()) return;  // already told
  Change(document, change, collector).apply();
}

}  // namespace slipway::config
