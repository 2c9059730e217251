// Tests as files: NAME.case.json in, NAME.expected.json to compare with.
#include <algorithm>
#include <filesystem>
#include <slipway/text.hpp>

#include "sdk/host/problem.hpp"
#include "sdk/testing/held.hpp"

namespace slipway::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::string_view kCase = ".case.json";

[[noreturn]] void refuse(const std::string& file, const std::string& message) { throw Error(file + ": " + message); }

void only(const json& object, const std::vector<std::string>& known, const std::string& file) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      refuse(file, "\"" + key + "\" is no member; " + host::suggest(key, known));
  }
}

std::string beside(const std::string& file, const std::string& path) {
  return path.starts_with('/') ? path : (fs::path(file).parent_path() / path).string();
}

Facts facts_of(const json& test, const std::string& file) {
  const json told = test.value("facts", json("root"));
  Facts made;
  if (told.is_object()) {
    made = Facts(told.dump());
  } else if (!told.is_string()) {
    refuse(file, "\"facts\" is neither a name, a file nor an object");
  } else {
    const auto name = told.get<std::string>();
    made = name.find('/') == std::string::npos ? facts(name) : Facts::read(beside(file, name));
  }
  const json changes = test.value("set", json::object());
  for (const auto& [at, value] : changes.items()) {
    if (value.is_null()) {
      made.erase(at);
    } else {
      made.set(at, value.dump());
    }
  }
  return made;
}

void add_entry(const json& entry, const std::string& file, Source& source) {
  if (!entry.is_object() || !entry.contains("name")) refuse(file, "an entry of the source has no \"name\"");
  only(entry, {"name", "text", "base64", "file", "symlink", "hard_link", "directory"}, file);
  const auto name = entry["name"].get<std::string>();
  const auto text = [&](const char* member) { return entry[member].get<std::string>(); };
  if (entry.contains("text")) {
    source.file(name, text("text"));
  } else if (entry.contains("base64")) {
    const auto bytes = from_base64(text("base64"));
    if (!bytes) refuse(file, name + ": is no base64");
    source.file(name, *bytes);
  } else if (entry.contains("file")) {
    source.file(name, content_of(beside(file, text("file"))));
  } else if (entry.contains("symlink")) {
    source.symlink(name, text("symlink"));
  } else if (entry.contains("hard_link")) {
    source.hard_link(name, text("hard_link"));
  } else {
    source.directory(name);
  }
}

Source source_of(const json& test, const std::string& file) {
  const bool is_directory = test.contains("directory");
  Source source(is_directory ? Source::Kind::directory : Source::Kind::archive);
  const json entries = test.value(is_directory ? "directory" : "archive", json::array());
  for (const json& entry : entries) add_entry(entry, file, source);
  return source;
}

Outcome outcome_of(const Plugin& plugin, const json& test, const std::string& file) {
  const std::string options = test.value("options", json::object()).dump();
  if (plugin.stage() != "image") {
    only(test, {"options", "facts", "set"}, file);
    return plugin.plan(options, facts_of(test, file));
  }
  only(test, {"options", "archive", "directory"}, file);
  return plugin.resolve(options, source_of(test, file));
}

}  // namespace

std::vector<CaseResult> run_cases(const Plugin& plugin, const std::string& directory) {
  std::vector<std::string> names;
  std::error_code problem;
  for (fs::directory_iterator at(directory, problem), end; !problem && at != end; at.increment(problem)) {
    const std::string file = at->path().filename().string();
    if (file.size() > kCase.size() && file.ends_with(kCase))
      names.push_back(file.substr(0, file.size() - kCase.size()));
  }
  if (problem) throw Error(directory + ": " + problem.message());
  if (names.empty()) throw Error(directory + ": holds no case, a file NAME.case.json");
  std::sort(names.begin(), names.end());
  std::vector<CaseResult> results;
  for (const std::string& name : names) {
    const std::string path = (fs::path(directory) / name).string();
    const std::string file = path + std::string(kCase);
    try {
      const Outcome outcome = outcome_of(plugin, parsed(content_of(file), file), file);
      results.push_back({name, difference(path + ".expected.json", outcome)});
    } catch (const json::exception&) {
      refuse(file, "a member has a value of another kind than it should");
    }
  }
  return results;
}

}  // namespace slipway::testing
