// sdk/plugin.schema.json, by which editors check and complete manifests: it takes what slipway takes.
#define VALIJSON_USE_EXCEPTIONS 1
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "sdk/host/manifest.hpp"

using namespace slipway;
using nlohmann::json;

namespace {

const std::string kSource = SLIPWAY_SOURCE;

std::string text_of(const std::string& path) {
  std::ifstream file(kSource + "/" + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const json& schema() {
  static const json whole = json::parse(text_of("sdk/plugin.schema.json"));
  return whole;
}

bool fits(const json& manifest) {
  static const auto parsed = [] {
    auto made = std::make_unique<valijson::Schema>();
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(schema()), *made);
    return made;
  }();
  valijson::Validator validator;
  return validator.validate(*parsed, valijson::adapters::NlohmannJsonAdapter(manifest), nullptr);
}

// Those of the tree, those that slipway plugin new makes among them.
std::vector<std::string> manifests() {
  std::vector<std::string> found;
  for (const char* top : {"plugins", "examples", "tests/fixtures", "sdk/templates"}) {
    for (const auto& each : std::filesystem::recursive_directory_iterator(kSource + "/" + top)) {
      if (each.path().filename() == "plugin.json") found.push_back(each.path().lexically_relative(kSource).string());
    }
  }
  return found;
}

json a_manifest() { return json::parse(text_of("plugins/fs-overlay/plugin.json")); }

std::set<std::string> keys_of(const json& object) {
  std::set<std::string> keys;
  for (const auto& [key, unused] : object.items()) keys.insert(key);
  return keys;
}

std::set<std::string> words_between(const std::string& text, const std::string& before, const std::string& behind) {
  const std::size_t from = text.find(before);
  REQUIRE(from != std::string::npos);
  const std::size_t to = text.find(behind, from);
  std::istringstream words(text.substr(from + before.size(), to - from - before.size()));
  std::set<std::string> all;
  for (std::string word; words >> word;) all.insert(word == "[[$schema]]" ? "$schema" : word);
  return all;
}

}  // namespace

TEST_CASE("every manifest of the tree fits the schema that editors have, and slipway reads it") {
  const std::vector<std::string> all = manifests();
  CHECK(all.size() > 30);
  for (const std::string& path : all) {
    INFO(path);
    std::string text = text_of(path);
    if (const std::size_t at = text.find("@NAME@"); at != std::string::npos) text.replace(at, 6, "harden-mine");
    CHECK(fits(json::parse(text)));
    CHECK(host::parse_manifest(text).has_value());
  }
}

TEST_CASE("the schema of manifests has the members that slipway reads and that a build allows, and no other") {
  const std::set<std::string> members = keys_of(schema()["properties"]);
  CHECK(members == words_between(text_of("sdk/cmake/SlipwayManifest.cmake"),
                                 "_slipway_check_members(\"${file}\" \"\" \"${text}\"", ")"));
  // Told by nobody but people.
  const std::set<std::string> unread = {"$schema", "license", "homepage"};
  for (const std::string& member : members) {
    INFO(member);
    json wrong = a_manifest();
    wrong[member] = 7;
    CHECK_FALSE(fits(wrong));
    CHECK(host::parse_manifest(wrong.dump()).has_value() == unread.contains(member));
  }
}

TEST_CASE("the schema of options in the schema of manifests has the words that slipway reads") {
  json wrong = a_manifest();
  wrong["options"]["properties"]["upper"]["qqqqqqqqqqqq"] = 1;
  CHECK_FALSE(fits(wrong));
  const auto refused = host::parse_manifest(wrong.dump());
  REQUIRE_FALSE(refused.has_value());
  // "known: "type", "enum" …": all of them.
  std::string hint = refused.error().front().hint;
  std::replace_if(
      hint.begin(), hint.end(), [](char letter) { return letter == ',' || letter == '"'; }, ' ');
  std::set<std::string> known = words_between(hint + "\n", "known:", "\n");
  CHECK(known == keys_of(schema()["definitions"]["option"]["properties"]));
}

TEST_CASE("what slipway refuses in a manifest, an editor underlines") {
  for (const auto& [pointer, value] :
       std::vector<std::pair<std::string, json>>{{"/stage", "attic"},
                                                 {"/name", "Fs-Overlay"},
                                                 {"/abi", "one"},
                                                 {"/needs/0", "unpack"},
                                                 {"/provides", {"No Word"}},
                                                 {"/namespaces", {{"net", "shared"}}},
                                                 {"/namespaces", {{"nets", "host"}}},
                                                 {"/options/additionalProperties", true},
                                                 {"/options/type", "array"},
                                                 {"/options/properties/use", {{"type", "string"}}},
                                                 {"/options/properties/upper/type", {"string", "object"}},
                                                 {"/options/properties/upper/minLength", -1}}) {
    INFO(pointer);
    json wrong = a_manifest();
    wrong[json::json_pointer(pointer)] = value;
    CHECK_FALSE(fits(wrong));
    CHECK_FALSE(host::parse_manifest(wrong.dump()).has_value());
  }
  json right = a_manifest();
  right["$schema"] = "file:///usr/share/slipway/plugin.schema.json";
  right["options"]["properties"]["upper"]["x-mine"] = 1;
  CHECK(fits(right));
  CHECK(host::parse_manifest(right.dump()).has_value());
}
