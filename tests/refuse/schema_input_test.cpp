// Every key of a pipeline with what does not belong there. The keys are read out of the plugins' own manifests, so that
// an option added tomorrow is held to the same.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "tests/refuse/setting.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
using nlohmann::json;

namespace {

constexpr std::size_t kHuge = 200'000;  // bytes of a value; a pipeline may have a megabyte

struct Case {
  std::string pointer{};  ///< of the value that is wrong
  json pipeline{};
};

// One value of each JSON type, with the words that a schema's "type" has for it.
struct Sample {
  json value{};
  std::vector<std::string> types{};
};

const std::vector<Sample>& samples() {
  static const std::vector<Sample> kSamples = {
      {nullptr, {"null"}},
      {true, {"boolean"}},
      {7, {"integer", "number"}},
      {-9'223'372'036'854'775'807LL, {"integer", "number"}},
      {18'446'744'073'709'551'615ULL, {"integer", "number"}},
      {1.7e308, {"number"}},
      {"a word that nobody knows", {"string"}},
      {json::array(), {"array"}},
      {{{"a", 1}}, {"object"}},
      {std::string(kHuge, 'x'), {"string"}},
      {std::string(kHuge / 4, '\\') + "\x1b[31m", {"string"}},
  };
  return kSamples;
}

json plugin_named(const Setting& setting, const std::string& name) {
  const Outcome info = setting.plain({"plugin", "info", name, "--json"});
  REQUIRE(info.shell_status() == 0);
  return json::parse(info.output);
}

std::vector<std::string> builtin_plugins(const Setting& setting) {
  const Outcome list = setting.plain({"plugin", "list"});
  REQUIRE(list.shell_status() == 0);
  std::vector<std::string> names;
  std::istringstream lines(list.output);
  for (std::string line; std::getline(lines, line);) {
    const std::string name = line.substr(0, line.find(' '));
    if (setting.plain({"plugin", "info", name, "--json"}).shell_status() == 0) names.push_back(name);
  }
  return names;
}

// A pipeline that is right but for the one value. An image's source has to be there, or that would be told as well.
Case with(const std::string& pointer, const json& value, const std::string& stage = {}, const json& stage_value = {}) {
  json pipeline = {{"image", {{"use", "image-docker-save"}, {"source", "image.tar"}}}};
  if (!stage.empty()) {
    if (stage != "image") pipeline[stage] = stage_value;
    pipeline[stage].update(stage_value);
  }
  pipeline[json::json_pointer(pointer)] = value;
  return {pointer, std::move(pipeline)};
}

bool fits_type(const json& schema, const Sample& sample) {
  const std::string type = schema.value("type", "");
  return std::find(sample.types.begin(), sample.types.end(), type) != sample.types.end();
}

// What "$ref" leads to: "#/definitions/stage%20image".
const json& resolved(const json& file_schema, const json& schema) {
  if (!schema.contains("$ref")) return schema;
  std::string path = schema["$ref"].get<std::string>().substr(1);
  for (std::size_t at = path.find("%20"); at != std::string::npos; at = path.find("%20")) path.replace(at, 3, " ");
  return file_schema.at(json::json_pointer(path));
}

// The schemas that a value may follow, one by one.
std::vector<json> ways(const json& file_schema, const json& schema) {
  const json& plain = resolved(file_schema, schema);
  std::vector<json> all;
  for (const char* choice : {"oneOf", "anyOf"}) {
    if (!plain.contains(choice)) continue;
    for (const json& one : plain[choice]) {
      for (json& way : ways(file_schema, one)) all.push_back(std::move(way));
    }
  }
  if (all.empty()) all.push_back(plain);
  return all;
}

// As far as a schema's words for types and lengths go; no sample is one of the words that an enum has.
bool may_be(const json& file_schema, const json& schema, const Sample& sample) {
  for (const json& way : ways(file_schema, schema)) {
    if (way.contains("enum") || way.contains("pattern")) continue;
    if (way.contains("type") && !fits_type(way, sample)) continue;
    if (sample.value.is_string() && sample.value.get_ref<const std::string&>().size() > way.value("maxLength", kHuge))
      continue;
    return true;
  }
  return false;
}

// Whether a sample happens to be of the form that a pattern asks for; each is of one kind of letters all along.
bool follows(const json& schema, const Sample& sample) {
  if (!sample.value.is_string()) return false;
  constexpr std::size_t kEnough = 64;
  const std::string begin = sample.value.get_ref<const std::string&>().substr(0, kEnough);
  return std::regex_search(begin, std::regex(schema["pattern"].get<std::string>()));
}

// An unknown word, and text of a wrong form; every type but the right one. Lists also with one wrong entry.
std::vector<Case> cases_of_option(const json& plugin, const std::string& name, const json& schema) {
  const std::string stage = plugin["stage"];
  const std::string pointer = "/" + stage + "/" + name;
  const json use = {{"use", plugin["name"]}};
  std::vector<Case> cases;
  for (const Sample& sample : samples()) {
    const bool by_words = schema.contains("enum") || schema.contains("pattern");
    if (!may_be(schema, schema, sample) || (by_words && sample.value.is_string()))
      cases.push_back(with(pointer, sample.value, stage, use));
    if (!schema.contains("items")) continue;
    const json& items = schema["items"];
    const bool entry_by_words = items.contains("enum") || (items.contains("pattern") && !follows(items, sample));
    if (fits_type(items, sample) && !(entry_by_words && sample.value.is_string())) continue;
    Case inner = with(pointer, json::array({sample.value}), stage, use);
    inner.pointer += "/0";
    cases.push_back(std::move(inner));
  }
  return cases;
}

std::vector<Case> cases_of_plugins(const Setting& setting) {
  std::vector<Case> cases;
  for (const std::string& name : builtin_plugins(setting)) {
    const json plugin = plugin_named(setting, name);
    for (const auto& [option, schema] : plugin["options"]["properties"].items()) {
      const auto more = cases_of_option(plugin, option, schema);
      cases.insert(cases.end(), more.begin(), more.end());
    }
    const std::string stage = plugin["stage"];
    for (const std::string& unknown :
         {std::string(), std::string("x"), std::string("\x1b[2J"), std::string(kHuge, 'k')}) {
      const json use = {{"use", name}};
      cases.push_back(with((json::json_pointer("/" + stage) / unknown).to_string(), 1, stage, use));
    }
  }
  return cases;
}

void add_cases(std::vector<Case>& cases, const json& file_schema, const std::string& pointer, const json& schema) {
  for (const Sample& sample : samples()) {
    // An empty list of namespaces is right by its type, and wrong because a container has a mount namespace.
    const bool is_no_namespace = pointer == "/isolation/namespaces" && sample.value == json::array();
    if (is_no_namespace || !may_be(file_schema, schema, sample)) cases.push_back(with(pointer, sample.value));
  }
  for (const json& way : ways(file_schema, schema)) {
    if (!way.contains("items")) continue;
    for (const Sample& sample : samples()) {
      if (may_be(file_schema, way["items"], sample)) continue;
      Case entry = with(pointer, json::array({sample.value}));
      entry.pointer += "/0";
      cases.push_back(std::move(entry));
    }
  }
}

// The core's own keys, as `slipway config schema` has them, and those of a stage's entry.
std::vector<Case> cases_of_core(const Setting& setting) {
  const Outcome printed = setting.plain({"config", "schema"});
  REQUIRE(printed.shell_status() == 0);
  const json file_schema = json::parse(printed.output);
  std::vector<Case> cases;
  for (const auto& [key, schema] : file_schema["properties"].items()) add_cases(cases, file_schema, "/" + key, schema);
  for (const auto& [key, schema] : file_schema["properties"]["isolation"]["properties"].items())
    add_cases(cases, file_schema, "/isolation/" + key, schema);
  const std::vector<std::pair<std::string, std::vector<std::string>>> keys = {
      {"/rootfs/use", {}},
      {"/rootfs/name", {}},
      {"/rootfs/after", {"string", "array"}},
      {"/rootfs/replaces", {"string", "array"}},
      {"/nobody's key", {}},
  };
  const json use = {{"use", "fs-overlay"}};
  for (const auto& [pointer, types] : keys) {
    const std::string stage = pointer.starts_with("/rootfs/") ? "rootfs" : "";
    for (const Sample& sample : samples()) {
      const bool fits = std::any_of(types.begin(), types.end(), [&](const std::string& type) {
        return fits_type({{"type", type}}, sample);
      });
      if (!fits) cases.push_back(with(pointer, sample.value, stage, use));
    }
  }
  for (const Sample& sample : samples()) {
    if (sample.value.is_string()) continue;
    Case entry = with("/rootfs/after", json::array({sample.value}), "rootfs", use);
    entry.pointer += "/0";
    cases.push_back(std::move(entry));
  }
  return cases;
}

// One error at p.json with a hint, of a length that can be read, free of what a terminal would obey.
std::string told(const Setting& setting, const std::string& file, const Case& wrong, const std::string& verb,
                 const Watch& before) {
  const Outcome outcome = verb == "check" ? setting.plain({verb, file}) : setting.slipway(verb, {file});
  std::string faults = Setting::faults_of(outcome, refusing_status(verb), {file + ":1:", "\n  hint: "}, before);
  constexpr std::size_t kReadable = 4096;
  if (outcome.errors.size() > kReadable) faults += "a message of " + std::to_string(outcome.errors.size()) + " bytes\n";
  if (outcome.errors.find('\x1b') != std::string::npos) faults += "an escape sequence\n";
  if (wrong.pointer.size() < 64 && wrong.pointer.find('\x1b') == std::string::npos &&
      outcome.errors.find(" error: " + wrong.pointer + ": ") == std::string::npos)
    faults += "does not name " + wrong.pointer + "\n";
  return faults.substr(0, kReadable);
}

void check_cases(const Setting& setting, const std::vector<Case>& cases, const std::string& verb) {
  setting.file("image.tar", "");
  setting.make_store();
  const Watch before = setting.watch();
  for (const Case& wrong : cases) {
    const std::string file = setting.file("p.json", wrong.pipeline.dump());
    INFO(verb << " " << wrong.pipeline.dump().substr(0, 300));
    CHECK(told(setting, file, wrong, verb, before) == "");
  }
}

}  // namespace

TEST_CASE("an option of a wrong type, an unknown word or a huge value is one error with its place and a hint") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::vector<Case> cases = cases_of_plugins(setting);
    REQUIRE(cases.size() > 100);
    check_cases(setting, cases, who == Who::root ? "check" : "run");
  }
}

TEST_CASE("a key of the core's with a wrong value is one error with its place and a hint") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::vector<Case> cases = cases_of_core(setting);
    REQUIRE(cases.size() > 150);
    check_cases(setting, cases, who == Who::root ? "run" : "check");
  }
}

TEST_CASE("a pipeline in another encoding is refused where it begins to be one") {
  const std::string plain = R"({ "image": { "source": "image.tar" } })";
  const auto wide = [&](bool big, bool marked) {
    std::string text = marked ? (big ? "\xFE\xFF" : "\xFF\xFE") : "";
    for (const char letter : plain) text += big ? std::string{'\0', letter} : std::string{letter, '\0'};
    return text;
  };
  const std::vector<std::pair<const char*, std::string>> rows = {
      {"UTF-16, big end first", wide(true, true)},
      {"UTF-16, little end first", wide(false, true)},
      {"UTF-16 without a mark", wide(false, false)},
      {"Latin-1 in a value", "{ \"image\": { \"source\": \"M\xFCll.tar\" } }"},
      {"Latin-1 in a key", "{ \"im\xE4ge\": {} }"},
      {"a byte that no text has", "{ \"image\": { \"source\": \"\xFF\" } }"},
      {"a character cut short", "{ \"image\": { \"source\": \"\xE2\x82\" } }"},
      {"a surrogate as UTF-8", "{ \"image\": { \"source\": \"\xED\xA0\x80\" } }"},
      {"half a pair of surrogates", R"({ "image": { "source": "\ud800" } })"},
      {"more than one way to write a slash", "{ \"image\": { \"source\": \"\xC0\xAF\" } }"},
      {"a NUL in a value", std::string("{ \"image\": { \"source\": \"a\0b\" } }", 33)},
      {"a NUL, escaped", R"({ "image": { "source": "a\u0000b" } })"},
      {"a thousand open brackets", "{ \"image\": " + std::string(1000, '[')},
      {"a number that no computer has", R"({ "image": { "source": 1e999999 } })"},
      {"a number of a thousand digits", R"({ "image": { "source": )" + std::string(1000, '9') + " } }"},
      {"two megabytes of spaces", std::string(std::size_t{2} << 20U, ' ') + plain},
      {"two megabytes of one text", R"({ "image": { "source": ")" + std::string(std::size_t{2} << 20U, 'x') + "\" } }"},
  };
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    setting.make_store();
    const Watch before = setting.watch();
    for (const auto& [what, text] : rows) {
      const std::string file = setting.file("p.json", text);
      INFO(what);
      CHECK(Setting::faults_of(setting.plain({"check", file}), 1, {"p.json"}, before) == "");
      CHECK(setting.refusal("run", {file}, {"p.json"}) == "");
    }
  }
}

TEST_CASE("an option that --set gives a wrong type is one error that names the option as it was typed") {
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.archive();
  for (const std::string& name : builtin_plugins(setting)) {
    const json plugin = plugin_named(setting, name);
    const std::string stage = plugin["stage"];
    for (const auto& [option, schema] : plugin["options"]["properties"].items()) {
      std::string path = stage;
      path += stage == "harden" ? ".0." : ".";
      path += option;
      INFO(path);
      // No option of any plugin is an object.
      CHECK(setting.refusal("run", {"--set", path + "={}", image}, {"--set " + path + ": error: ", "hint: "}) == "");
      CHECK(setting.refusal("plan", {"--set", path + "=1e308", image}, {"--set " + path + ": error: "}) == "");
    }
  }
}
