#include "sdk/host/manifest.hpp"

#include <slipway/plugin.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "sdk/host/codec.hpp"
#include "sdk/host/facts.hpp"
#include "sdk/host/schema_subset.hpp"
#include "sdk/host/stages.hpp"
#include "sdk/host/values.hpp"

namespace slipway::host {
namespace {

using nlohmann::json;

const std::vector<std::string>& stages() {
  static const std::vector<std::string> words{kStageWords.begin(), kStageWords.end()};
  return words;
}
const std::vector<std::string>& namespace_words() {
  static const std::vector<std::string> words{"mount", "pid", "ipc", "uts", "net", "cgroup", "user", "time"};
  return words;
}

bool only(std::string_view text, std::string_view letters) {
  return text.find_first_not_of(letters) == std::string_view::npos;
}
constexpr std::string_view kWordLetters = "abcdefghijklmnopqrstuvwxyz0123456789_-.";

// "fs-overlay": lower-case words joined by "-". It becomes a part of a path, so this is more than style.
bool is_plugin_name(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  return !name.empty() && name.size() <= kLongest && name.front() >= 'a' && name.front() <= 'z' && name.back() != '-' &&
         only(name, "abcdefghijklmnopqrstuvwxyz0123456789-") && name.find("--") == std::string_view::npos;
}

bool is_need(std::string_view word) {
  for (const std::string_view kind : {"step:", "fact:", "ability:"}) {
    if (word.starts_with(kind)) return word.size() > kind.size() && only(word.substr(kind.size()), kWordLetters);
  }
  return false;
}

class Parser {
 public:
  explicit Parser(const json& document) : document_(document) {}

  std::string text(const char* member, bool required) {
    const auto found = document_.find(member);
    if (found == document_.end()) {
      if (required) refuse(member, "is missing; expected text");
      return {};
    }
    if (!found->is_string()) {
      refuse(member, "is " + shown(*found) + "; expected text");
      return {};
    }
    return found->get<std::string>();
  }

  std::vector<std::string> words(const char* member, bool (*fits)(std::string_view), const char* expected) {
    std::vector<std::string> words;
    const auto found = document_.find(member);
    if (found == document_.end()) return words;
    if (!found->is_array()) {
      refuse(member, "is " + shown(*found) + "; expected a list");
      return words;
    }
    for (std::size_t i = 0; i < found->size(); ++i) {
      const json& word = (*found)[i];
      if (word.is_string() && fits(word.get_ref<const std::string&>())) {
        words.push_back(word.get<std::string>());
      } else {
        refuse(std::string(member) + "/" + std::to_string(i), "is " + shown(word) + "; expected " + expected);
      }
    }
    return words;
  }

  void refuse(const std::string& member, std::string message, std::string hint = {}) {
    problems.push_back({"/" + member, std::move(message), std::move(hint)});
  }

  Problems problems{};

 private:
  const json& document_;
};

void parse_abi(Parser& parser, const std::string& abi, Manifest& manifest) {
  const char* const end = abi.data() + abi.size();
  const auto major = std::from_chars(abi.data(), end, manifest.abi_major);
  if (major.ec == std::errc{} && major.ptr != end && *major.ptr == '.') {
    const auto minor = std::from_chars(major.ptr + 1, end, manifest.abi_minor);
    if (minor.ec == std::errc{} && minor.ptr == end) return;
  }
  parser.refuse("abi", "is \"" + abi + "\"; expected MAJOR.MINOR", "\"1.0\"");
}

void parse_namespaces(Parser& parser, const json& document, Manifest& manifest) {
  const auto found = document.find("namespaces");
  if (found == document.end()) return;
  if (!found->is_object()) return parser.refuse("namespaces", "is " + shown(*found) + "; expected an object");
  for (const auto& [name, value] : found->items()) {
    const auto& known = namespace_words();
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      parser.refuse("namespaces/" + name, "is no namespace", suggest(name, known));
    } else if (value != "host" && value != "new") {
      parser.refuse("namespaces/" + name, "is " + shown(value) + R"(; expected "host" or "new")");
    } else {
      manifest.namespaces[name] = value.get<std::string>();
    }
  }
}

void parse_options(Parser& parser, json& document, Manifest& manifest) {
  const auto found = document.find("options");
  if (found == document.end()) {
    parser.refuse("options", "is missing; expected the JSON Schema of the options",
                  R"(without options: {"type": "object", "additionalProperties": false})");
    return;
  }
  check_options_schema(*found, parser.problems);
  manifest.options = std::make_shared<const json>(std::move(*found));
}

// A later minor version may bring words that this one has to refuse.
void tell_of_newer(const Manifest& manifest, Problems& problems) {
  if (manifest.abi_major != SLIPWAY_ABI_MAJOR || manifest.abi_minor <= SLIPWAY_ABI_MINOR) return;
  const auto text = [](unsigned major, unsigned minor) { return std::to_string(major) + "." + std::to_string(minor); };
  problems.push_back({"/abi",
                      "is " + text(manifest.abi_major, manifest.abi_minor) + ", newer than this slipway's " +
                          text(SLIPWAY_ABI_MAJOR, SLIPWAY_ABI_MINOR),
                      "a newer slipway may take it"});
}

tl::expected<Manifest, Problems> parse_document(json document, std::string_view text) {
  if (!document.is_object()) {
    return tl::unexpected<Problems>(Problems{{"", "is " + shown(document) + "; expected an object", ""}});
  }
  Manifest manifest;
  Parser parser(document);
  manifest.text = text;
  const std::string abi = parser.text("abi", true);
  if (!abi.empty()) parse_abi(parser, abi, manifest);
  manifest.name = parser.text("name", true);
  // What else a manifest of another ABI says, and how, is not known here; that it is of another one says all.
  if (parser.problems.empty() && manifest.abi_major != SLIPWAY_ABI_MAJOR) {
    manifest.options = std::make_shared<const json>(json::object());
    return manifest;
  }
  manifest.version = parser.text("version", true);
  manifest.stage = parser.text("stage", true);
  manifest.description = parser.text("description", false);
  if (!manifest.name.empty() && !is_plugin_name(manifest.name)) {
    parser.refuse("name", "is " + shown(document["name"]) + "; expected lower-case words joined by \"-\"",
                  "\"fs-overlay\"");
  }
  if (!manifest.stage.empty() && std::find(stages().begin(), stages().end(), manifest.stage) == stages().end()) {
    parser.refuse("stage", "is " + shown(document["stage"]) + ", no stage", suggest(manifest.stage, stages()));
  }
  manifest.needs = parser.words("needs", is_need, "step:NAME, fact:NAME or ability:NAME");
  const auto is_word = [](std::string_view word) { return !word.empty() && only(word, kWordLetters); };
  manifest.provides = parser.words("provides", is_word, "the name of a fact");
  manifest.privileges = parser.words("privileges", is_word, "a word like root or cap_net_admin");
  parse_namespaces(parser, document, manifest);
  parse_options(parser, document, manifest);
  if (parser.problems.empty()) return manifest;
  tell_of_newer(manifest, parser.problems);
  return tl::unexpected<Problems>(std::move(parser.problems));
}

bool contains(std::span<const std::string> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Problem missing_step(std::string_view word) {
  const std::size_t dot = word.find('.');
  const std::string_view type = word.substr(0, dot);
  if (!contains(step_types(), type)) {
    return {"", "needs the step type \"" + std::string(type) + "\", which this slipway does not have",
            suggest(type, step_types())};
  }
  const std::string_view member = word.substr(dot + 1);
  return {"",
          "needs the member \"" + std::string(member) + "\" of the step type \"" + std::string(type) +
              "\", which this slipway does not have",
          suggest(member, step_members(type))};
}

}  // namespace

tl::expected<Manifest, Problems> parse_manifest(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed) return tl::unexpected<Problems>(Problems{parsed.error()});
  return parse_document(std::move(*parsed), text);
}

std::vector<std::string> option_names(const Manifest& manifest) {
  std::vector<std::string> names;
  const auto properties = manifest.options->find("properties");
  if (properties == manifest.options->end()) return names;
  for (const auto& [name, unused] : properties->items()) names.push_back(name);
  return names;
}

Vocabulary standard_vocabulary() {
  const auto facts = fact_words();
  const auto abilities = ability_words();
  return {{facts.begin(), facts.end()}, {abilities.begin(), abilities.end()}};
}

Problems needs_of_other_stages(const Manifest& manifest) {
  Problems problems;
  const Stage* const stage = find_stage(manifest.stage);
  for (std::size_t i = 0; stage != nullptr && i < manifest.needs.size(); ++i) {
    const std::string_view need = manifest.needs[i];
    const std::string_view word = need.substr(need.find(':') + 1);
    const bool is_told =
        std::find(stage->facts.begin(), stage->facts.end(), word.substr(0, word.find('.'))) != stage->facts.end();
    std::string message;
    if (need.starts_with("fact:") && !is_told) message = "is not told the fact \"" + std::string(word) + "\"";
    if (need.starts_with("step:") && stage->resolves) message = "emits no steps: " + std::string(word);
    if (need.starts_with("ability:") && !stage->resolves) message = "has no ability " + std::string(word);
    if (message.empty()) continue;
    problems.push_back({"/needs/" + std::to_string(i), "a plugin of the stage " + manifest.stage + " " + message,
                        "slipway reference stages " + manifest.stage});
  }
  return problems;
}

Problems missing_needs(const Manifest& manifest, const Vocabulary& vocabulary) {
  Problems problems;
  for (std::size_t i = 0; i < manifest.needs.size(); ++i) {
    const std::string_view need = manifest.needs[i];
    const std::string_view word = need.substr(need.find(':') + 1);
    Problem problem;
    if (need.starts_with("step:")) {
      const std::size_t dot = word.find('.');
      const auto members = step_members(word.substr(0, dot));
      const bool known = contains(step_types(), word.substr(0, dot));
      if (known && (dot == std::string_view::npos || contains(members, word.substr(dot + 1)))) continue;
      problem = missing_step(word);
    } else {
      const bool fact = need.starts_with("fact:");
      const auto& known = fact ? vocabulary.facts : vocabulary.abilities;
      if (contains(known, word)) continue;
      problem = {"",
                 std::string("needs the ") + (fact ? "fact" : "ability") + " \"" + std::string(word) +
                     "\", which this slipway does not have",
                 suggest(word, known)};
    }
    problem.at = "/needs/" + std::to_string(i);
    problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace slipway::host
