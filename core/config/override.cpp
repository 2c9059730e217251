#include "core/config/override.hpp"

#include <algorithm>
#include <utility>

#include "core/config/editor.hpp"
#include "core/config/merge.hpp"
#include "core/config/parse.hpp"
#include "core/config/words.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;

/// One override on its way into the document.
class Change {
 public:
  Change(Value& document, const Override& change, Collector& collector)
      : document_(document), change_(change), editor_(document, change.label, collector) {}

  void apply() {
    using Kind = Override::Kind;
    switch (change_.kind) {
      case Kind::use:
        return use();
      case Kind::set:
        return set();
      case Kind::arguments:
        return editor_.put({"exec", "args"}, change_.words);
      case Kind::entrypoint:
        return editor_.put({"exec", "entrypoint"},
                           change_.value.empty() ? json::array() : json::array({change_.value}));
      case Kind::environment:
        return environment();
      case Kind::workdir:
        return editor_.put({"exec", "workdir"}, change_.value);
      case Kind::user:
        return editor_.put({"exec", "user"}, change_.value);
      case Kind::hostname:
        return editor_.put({"isolation", "hostname"}, change_.value);
      case Kind::plugin_dir:
        return editor_.append({"plugin_dirs"}, change_.value);
      case Kind::text:
        return editor_.put(split(change_.path, '.'), change_.value);
      case Kind::append:
        return editor_.append(split(change_.path, '.'), change_.value);
      case Kind::bind:
        return bind();
    }
  }

 private:
  void environment() {
    if (change_.value.empty() || change_.value.front() == '=') {
      editor_.tell("/exec/env", "expected NAME=VALUE or NAME, found " + quote(change_.value));
      return;
    }
    editor_.append({"exec", "env"}, change_.value);
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
    if (stage.is_null()) editor_.write({&stage, pointer}, json::array());
    if (!stage.is_array()) return;  // told when the stages are read
    std::size_t index = stage.size();
    for (std::size_t i = 0; i < stage.size(); ++i) {
      if (stage[i].is_object() && stage[i].value("use", json()) == kPlugin) index = i;
    }
    const std::string at = member(pointer, index);
    if (index == stage.size()) {
      stage.push_back(json::object());
      use_plugin(document_, stage.back(), at, kPlugin, editor_.spot());
    }
    json& binds = stage[index]["binds"];
    const std::string list = member(at, "binds");
    if (binds.is_null()) editor_.write({&binds, list}, json::array());
    if (!binds.is_array()) return;  // for the schema to tell
    const std::string place = member(list, binds.size());
    binds.push_back({{"source", change_.words[0]}, {"target", change_.words[1]}, {"access", change_.words[2]}});
    document_.places.put(place, Origin{editor_.spot(), 0});
  }

  // The words of --var and --set vars.x: only what a file declares can be given, so that a slip of the finger is told.
  bool is_declared(const std::vector<std::string>& parts) {
    json& vars = document_.value["vars"];
    if (vars.is_null() && document_.places.find("/vars") == nullptr) vars = json::object();
    if (!vars.is_object()) return false;  // told when it is read
    if (parts.empty()) {
      editor_.tell("/vars", "no variable is named", "--var NAME=VALUE");
      return false;
    }
    if (vars.contains(parts[0])) return true;
    std::vector<std::string> names;
    for (const auto& [name, value] : vars.items()) names.push_back(name);
    editor_.tell("/vars", "the pipeline has no variable " + quote(parts[0]),
                 names.empty() ? R"(it declares none; "vars": {"name": VALUE} does)" : allowed_hint(parts[0], names));
    return false;
  }

  // JSON, else a string.
  json value_at(const std::string& pointer, Places::Map& origins) {
    Collector problems;
    Parsed parsed = parse(change_.value, editor_.spot().source, problems, pointer);
    if (parsed.complete) {
      for (Finding& finding : std::move(problems).findings(document_.places)) {
        editor_.tell(finding.pointer, finding.message);
      }
      origins = std::move(parsed.origins);
      return std::move(parsed.value);
    }
    origins.emplace(pointer, Origin{editor_.spot(), 0});
    return change_.value;
  }

  void set() {
    std::vector<std::string> parts = split(change_.path, '.');
    if (!editor_.well_formed(parts) || !editor_.known_top(parts[0], false)) return;
    const std::string top = parts[0];
    auto at = is_stage(top) ? editor_.entry(parts) : editor_.top_level(parts);
    if (!at) return;
    if (top == "vars") {
      if (!is_declared(parts)) return;
      if (parts.size() == 1 && at->node->at(parts[0]).is_string())
        return editor_.put({"vars", parts[0]}, change_.value);
    }
    const bool is_entry = is_stage(top) && parts.empty();
    Places::Map origins;
    if (is_stage(top) && parts.size() == 1 && parts[0] == "use") {
      json value = {{"use", value_at(at->pointer + "/use", origins)}};
      return merge_part(document_, *at->node, at->pointer, Part::entry, std::move(value), std::move(origins));
    }
    at = editor_.descend(*at, parts);
    if (!at) return;
    json value = value_at(at->pointer, origins);
    merge_part(document_, *at->node, at->pointer, is_entry ? Part::entry : Part::other, std::move(value),
               std::move(origins));
  }

  void use() {
    std::vector<std::string> parts = split(change_.path, '.');
    if (!editor_.well_formed(parts) || !editor_.known_top(parts[0], true)) return;
    const std::string stage = parts[0];
    const std::vector<std::string> plugins = split(change_.value, ',');
    const bool whole_list = takes_list(stage) && parts.size() == 1;
    // A shell's variable that is unset must not take the hardening away.
    if (change_.value.empty()) {
      editor_.tell("/" + stage, "no plugin is named", whole_list ? "--set " + stage + "=[] empties the list" : "");
      return;
    }
    if (!whole_list && plugins.size() != 1) {
      editor_.tell("/" + stage, quote(stage) + " takes one plugin, not " + std::to_string(plugins.size()));
      return;
    }
    if (std::any_of(plugins.begin(), plugins.end(), [](const std::string& name) { return name.empty(); })) {
      editor_.tell("/" + stage, "an empty name in the list " + quote(change_.value));
      return;
    }
    if (whole_list && (plugins.size() > 1 || !document_.value[stage].is_object())) return use_list(stage, plugins);
    const auto at = editor_.entry(parts);
    if (!at) return;
    if (!parts.empty()) {
      editor_.tell(at->pointer, "this path goes deeper than a plugin", "write --use " + stage + "=" + plugins[0]);
      return;
    }
    use_plugin(document_, *at->node, at->pointer, plugins[0], editor_.spot());
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
    editor_.write({&node, pointer}, json::array());
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
    use_plugin(document_, entry, at, plugin, editor_.spot());
  }

  Value& document_;
  const Override& change_;
  Editor editor_;
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
