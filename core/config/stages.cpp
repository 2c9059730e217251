#include <algorithm>
#include <cerrno>
#include <map>

#include "core/config/options.hpp"
#include "core/config/override.hpp"
#include "core/config/sections.hpp"
#include "core/config/words.hpp"
#include "core/linux/program.hpp"

namespace slipway::config {

using nlohmann::json;

namespace {

constexpr const char* kMoreFiles = "raise the limit of open files: ulimit -n 1024";
constexpr const char* kLabels = "an entry is written \"OWNER:LABEL\"";
constexpr const char* kPluginDirs = "\"plugin_dirs\": [DIR, ...], each relative to the file that says so";

}  // namespace

void Sections::check_keys() {
  std::vector<std::string> known(kStages.begin(), kStages.end());
  known.insert(known.end(), {"isolation", "plugin_dirs", "extends", "vars", "$schema"});
  for (const auto& [key, value] : document_.value.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      at_key(member("", key), "unknown key " + quote(key), allowed_hint(key, known));
    } else if (key == "$schema" && !value.is_string()) {
      at_value("/$schema", "expected a string, found " + describe(value),
               "it is for editors; slipway does not read it");
    }
  }
}

std::vector<std::string> Sections::plugin_dirs(const Catalogue& catalogue) {
  std::vector<std::string> directories;
  const auto found = document_.value.find("plugin_dirs");
  if (found == document_.value.end()) return directories;
  if (!found->is_array()) {
    at_value("/plugin_dirs", "expected a list of directories, found " + describe(*found), kPluginDirs);
    return directories;
  }
  for (std::size_t i = 0; i < found->size(); ++i) {
    const json& directory = (*found)[i];
    const std::string pointer = member("/plugin_dirs", i);
    if (!directory.is_string() || directory == "") {
      at_value(pointer, "expected a directory, found " + describe(directory), kPluginDirs);
      continue;
    }
    directories.push_back(absolute_path(directory, pointer, document_.places));
    if (!catalogue.check_directory) continue;
    if (const auto problem = catalogue.check_directory(directories.back())) {
      at_value(pointer, sentence(*problem), problem->hint);
      lacks_plugin_dir_ = true;
    }
  }
  return directories;
}

std::vector<StageUse> Sections::stages(const Catalogue& catalogue, Check check) {
  std::vector<StageUse> uses;
  for (const std::string_view name : kStages) stage(std::string(name), uses);
  check_names(uses);
  for (StageUse& use : uses) {
    // The same would be said of every further plugin.
    if (!resolve(use, catalogue, check)) break;
  }
  return uses;
}

void Sections::stage(const std::string& name, std::vector<StageUse>& uses) {
  json& value = document_.value[name];
  const std::string pointer = "/" + name;
  if (value.is_object()) {
    entry(name, value, pointer, uses);
  } else if (!takes_list(name)) {
    at_value(pointer, "expected an object, found " + describe(value),
             value.is_array() ? quote(name) + " is served by one plugin" : "{ \"use\": PLUGIN, options… }");
  } else if (!value.is_array()) {
    at_value(pointer, "expected an object or a list of objects, found " + describe(value), "[] means none");
  } else {
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i].is_object()) {
        entry(name, value[i], member(pointer, i), uses);
      } else {
        at_value(member(pointer, i), "expected an object, found " + describe(value[i]),
                 "{ \"use\": PLUGIN, options… }");
      }
    }
  }
}

bool Sections::text_member(json& value, const std::string& pointer, std::string& into, const char* hint) {
  if (value.is_string() && value != "") {
    into = std::move(value.get_ref<std::string&>());
    return true;
  }
  at_value(pointer, "expected a name, found " + describe(value), hint);
  return false;
}

void Sections::labels(json& value, const std::string& pointer, std::vector<std::string>& into) {
  if (value.is_string()) value = json::array({value});
  if (!value.is_array()) {
    at_value(pointer, "expected a list of strings, found " + describe(value), kLabels);
    return;
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    std::string label;
    if (text_member(value[i], member(pointer, i), label, kLabels)) into.push_back(std::move(label));
  }
}

void Sections::missing_use(const std::string& stage, const std::string& pointer) {
  const bool is_list_entry = pointer.size() > stage.size() + 1;
  const json standard = json::parse(builtin_pipeline())[stage];
  std::string message = "\"use\" is missing: ";
  std::string hint;
  if (!is_list_entry && standard.is_array() && standard.size() > 1) {
    message += quote(stage) + " has " + std::to_string(standard.size()) +
               " plugins by default, and an object without \"use\" can be for one only";
    for (const json& entry : standard)
      hint += (hint.empty() ? "" : ", ") + ("{ \"use\": " + entry["use"].dump() + ", … }");
    hint = "write all: " + quote(stage) + ": [ " + hint + " ]";
  } else {
    message += "which plugin serves this stage?";
    hint = (is_list_entry ? "an entry of a list is written " : quote(stage) + ": ") + "{ \"use\": PLUGIN, options… }";
  }
  collector_.missing(document_.places, pointer, message, hint);
}

void Sections::entry(const std::string& stage, json& value, const std::string& pointer, std::vector<StageUse>& uses) {
  StageUse use;
  use.stage = stage;
  use.pointer = pointer;
  bool usable = true;
  if (const auto found = value.find("use"); found != value.end()) {
    usable = text_member(*found, pointer + "/use", use.use, "slipway plugin list tells the plugins there are");
  } else {
    missing_use(stage, pointer);
    usable = false;
  }
  if (const auto found = value.find("name"); found != value.end()) {
    if (text_member(*found, pointer + "/name", use.name, kNameHint) && !is_name(use.name)) {
      at_value(pointer + "/name", "expected a name, found " + quote(use.name), kNameHint);
    }
  }
  if (const auto found = value.find("after"); found != value.end()) labels(*found, pointer + "/after", use.after);
  if (const auto found = value.find("replaces"); found != value.end()) {
    labels(*found, pointer + "/replaces", use.replaces);
  }
  if (!usable) return;
  if (use.name.empty()) use.name = use.use;
  use.options = std::move(value);
  for (const char* word : {"use", "name", "after", "replaces"}) use.options.erase(word);
  uses.push_back(std::move(use));
}

void Sections::check_names(const std::vector<StageUse>& uses) {
  std::map<std::pair<std::string, std::string>, const StageUse*> seen;
  for (const StageUse& use : uses) {
    const auto [first, fresh] = seen.try_emplace({use.stage, use.name}, &use);
    if (fresh) continue;
    const bool named = document_.places.find(use.pointer + "/name") != nullptr;
    const std::string place = to_text(document_.places.of_value(first->second->pointer));
    if (named) {
      at_value(use.pointer + "/name", "the name " + quote(use.name) + " is taken by " + first->second->pointer,
               "it is at " + place);
    } else {
      at_value(use.pointer + "/use", quote(use.use) + " is used twice in " + quote(use.stage),
               "give one of them a \"name\"; the other one is at " + place);
    }
  }
}

bool Sections::resolve(StageUse& use, const Catalogue& catalogue, Check check) {
  const Result<const host::Manifest*> found = catalogue.find(use.use, use.stage);
  const std::string pointer = use.pointer + "/use";
  if (!found) {
    if (lacks_plugin_dir_) return true;
    const bool is_limit = found.error().code == EMFILE || found.error().code == ENFILE;
    at_value(pointer, sentence(found.error()), is_limit ? kMoreFiles : found.error().hint);
    return !is_limit && found.error().hint != linux::kBesideItself;
  }
  use.manifest = *found;
  if (use.manifest->stage != use.stage) {
    at_value(pointer, quote(use.use) + " serves the stage " + quote(use.manifest->stage) + ", not " + quote(use.stage));
    return true;
  }
  options(use, check);
  return true;
}

void Sections::tell_option(const StageUse& use, const OptionProblem& problem) {
  const std::string at = use.pointer + problem.pointer;
  switch (problem.where) {
    case OptionProblem::Where::key:
      return at_key(at, problem.message + " of " + quote(use.use), problem.hint);
    case OptionProblem::Where::missing:
      if (use.pointer == "/image" && problem.pointer.empty() &&
          problem.message.find("\"source\"") != std::string::npos) {
        return collector_.missing(
            document_.places, at, "no image is named: \"image\" has no \"source\"",
            R"("image": { "source": "image.tar" } in the pipeline, or --set image.source=image.tar)");
      }
      return collector_.missing(document_.places, at, problem.message, problem.hint);
    case OptionProblem::Where::value:
      break;
  }
  const bool typed = document_.places.of_value(at).source == Place::Source::command_line;
  const bool wants_quotes = typed && problem.message.starts_with("expected a string");
  at_value(at, problem.message,
           wants_quotes
               ? "a value that is JSON is taken as JSON; as a string it stands in double quotes, within the shell's"
               : problem.hint);
}

void Sections::options(StageUse& use, Check check) {
  const json& schema = *use.manifest->options;
  if (check == Check::full) {
    for (const OptionProblem& problem : check_options(schema, use.options)) tell_option(use, problem);
  }
  complete_options(schema, use.options, use.pointer, document_.places);
}

}  // namespace slipway::config
