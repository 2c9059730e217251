#include "core/config/options.hpp"

#include <catch2/catch.hpp>

#include "core/config/test_catalogue.hpp"

namespace slipway::config {
namespace {

std::string told_of(const char* properties, const char* options, const char* required = "[]") {
  const auto schema =
      nlohmann::json::parse(std::string(R"({"type":"object","additionalProperties":false,"properties":)") + properties +
                            R"(,"required":)" + required + "}");
  std::string text;
  for (const OptionProblem& problem : check_options(schema, nlohmann::json::parse(options))) {
    text += (problem.where == OptionProblem::Where::key       ? "key "
             : problem.where == OptionProblem::Where::missing ? "in "
                                                              : "") +
            problem.pointer + ": " + problem.message + (problem.hint.empty() ? "" : " | " + problem.hint) + "\n";
  }
  return text;
}

TEST_CASE("an option that does not fit is told with what is expected, and only at its deepest reason") {
  struct Row {
    const char* name;
    const char* properties;
    const char* options;
    const char* told;
  };
  const std::vector<Row> rows = {
      {"all right", R"({"a": {"type": "integer"}})", R"({"a": 1})", ""},
      {"string for an integer", R"({"a": {"type": "integer"}})", R"({"a": "1"})",
       "/a: expected an integer, found \"1\"\n"},
      {"real for an integer", R"({"a": {"type": "integer"}})", R"({"a": 1.0})", "/a: expected an integer, found 1.0\n"},
      {"integer for a number", R"({"a": {"type": "number"}})", R"({"a": 1})", ""},
      {"string for a boolean", R"({"a": {"type": "boolean"}})", R"({"a": "yes"})",
       "/a: expected true or false, found \"yes\"\n"},
      {"null for a string", R"({"a": {"type": "string"}})", R"({"a": null})", "/a: expected a string, found null\n"},
      {"object for a list", R"({"a": {"type": "array", "items": {"type": "string"}}})", R"({"a": {}})",
       "/a: expected a list, found an object | a list is written [\"…\", …]\n"},
      {"list for an object", R"({"a": {"type": "object", "additionalProperties": false}})", R"({"a": [1]})",
       "/a: expected an object, found a list\n"},
      {"hint from the description", R"({"a": {"type": "integer", "description": "how many"}})", R"({"a": []})",
       "/a: expected an integer, found an empty list | how many\n"},
      {"word", R"({"a": {"type": "string", "enum": ["bind", "mknod"]}})", R"({"a": "bnid"})",
       "/a: expected \"bind\" or \"mknod\", found \"bnid\" | did you mean \"bind\"?\n"},
      {"number among numbers", R"({"a": {"type": "integer", "enum": [1, 2, 4]}})", R"({"a": 3})",
       "/a: expected \"1\", \"2\" or \"4\", found 3\n"},
      {"unknown option", R"({"ab": {"type": "string"}, "cd": {"type": "string"}})", R"({"xyz": 1})",
       "key /xyz: unknown option \"xyz\" | allowed: \"ab\", \"cd\"\n"},
      {"unknown option of a plugin without any", "{}", R"({"x": 1})",
       "key /x: unknown option \"x\" | there are none\n"},
      {"unknown option in depth",
       R"({"a": {"type": "object", "additionalProperties": false, "properties": {"mode": {"type": "string"}}}})",
       R"({"a": {"mod": 1}})", "key /a/mod: unknown option \"mod\" | did you mean \"mode\"? allowed: \"mode\"\n"},
      {"parent and child at once",
       R"({"a": {"type": "object", "additionalProperties": false, "properties": {"b": {"type": "string"}}}})",
       R"({"a": {"b": 1, "c": 2}, "d": 3})",
       "key /d: unknown option \"d\" | did you mean \"a\"? allowed: \"a\"\nkey /a/c: unknown option \"c\" | did you "
       "mean \"b\"? allowed: \"b\"\n/a/b: expected a string, found 1\n"},
      {"too small", R"({"a": {"type": "integer", "minimum": 1}})", R"({"a": 0})", "/a: expected at least 1, found 0\n"},
      {"too large", R"({"a": {"type": "number", "maximum": 0.5}})", R"({"a": 0.75})",
       "/a: expected at most 0.5, found 0.75\n"},
      {"too short", R"({"a": {"type": "string", "minLength": 2}})", "{\"a\": \"\xC3\xA9\"}",
       "/a: expected at least 2 characters, found \"\xC3\xA9\"\n"},
      {"too long", R"({"a": {"type": "string", "maxLength": 1}})", R"({"a": "xy"})",
       "/a: expected at most 1 character, found \"xy\"\n"},
      {"too few", R"({"a": {"type": "array", "minItems": 1, "items": {"type": "string"}}})", R"({"a": []})",
       "/a: expected at least 1 entry, found an empty list\n"},
      {"too many", R"({"a": {"type": "array", "maxItems": 1, "items": {"type": "string"}}})", R"({"a": ["x", "y"]})",
       "/a: expected at most 1 entry, found a list | it has 2\n"},
      {"form", R"({"a": {"type": "string", "pattern": "^/"}})", R"({"a": "x"})",
       "/a: expected text of the form ^/, found \"x\"\n"},
      {"a word for a list of words", R"({"a": {"type": "array", "description": "what", "items": {"type": "string"}}})",
       R"({"a": "sh"})", "/a: expected a list, found \"sh\" | a list is written [\"sh\"]; what\n"},
      {"an object for a list with an example",
       R"({"a": {"type": "array", "items": {"type": "string", "examples": ["N=V"]}}})", R"({"a": {"N": "V"}})",
       "/a: expected a list, found an object | a list is written [\"N=V\", …]\n"},
      {"form with an example",
       R"({"a": {"type": "string", "pattern": "^/", "examples": ["/srv"], "description": "where"}})", R"({"a": "x"})",
       "/a: expected text as in \"/srv\", found \"x\"; the form is ^/ | where\n"},
      {"form with a default", R"({"a": {"type": "string", "pattern": "^/", "default": "/tmp"}})", R"({"a": "x"})",
       "/a: expected text as in \"/tmp\", found \"x\"; the form is ^/\n"},
      {"form with a description", R"({"a": {"type": "string", "pattern": "^/", "description": "a path from /"}})",
       R"({"a": "x"})", "/a: \"x\" is not of the form ^/ | a path from /\n"},
      {"form of an entry, described by its list",
       R"({"a": {"type": "array", "description": "N=V", "items": {"type": "string", "pattern": "="}}})",
       R"({"a": ["x"]})", "/a/0: \"x\" is not of the form = | N=V\n"},
      {"entries of a list", R"({"a": {"type": "array", "items": {"type": "string"}}})", R"({"a": ["x", 1, "y", null]})",
       "/a/1: expected a string, found 1\n/a/3: expected a string, found null\n"},
      {"entry beyond the ninth", R"({"a": {"type": "array", "items": {"type": "integer"}}})",
       R"({"a": [0,1,2,3,4,5,6,7,8,9,"x"]})", "/a/10: expected an integer, found \"x\"\n"},
      {"none of the alternatives",
       R"({"a": {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]}})", R"({"a": []})",
       "/a: expected a string, an integer or true or false, found an empty list\n"},
      {"inside of an alternative",
       R"({"a": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "integer", "minimum": 5}}]}})",
       R"({"a": [7, 3]})", "/a/1: expected at least 5, found 3\n"},
      {"bounds of an alternative", R"({"a": {"oneOf": [{"type": "string", "minLength": 1}, {"type": "integer"}]}})",
       R"({"a": ""})", "/a: expected at least 1 character, found \"\"\n"},
      {"key with a slash", R"({"a/b": {"type": "integer"}})", R"({"a/b": true})",
       "/a~1b: expected an integer, found true\n"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(told_of(row.properties, row.options) == row.told);
  }
  CHECK(told_of(R"({"a": {"type": "string", "description": "the a"}, "b": {"type": "string"}})", R"({"c": 1})",
                R"(["a", "b"])") ==
        "key /c: unknown option \"c\" | did you mean \"a\"? allowed: \"a\", \"b\"\n"
        "in : the option \"a\" is missing | the a\nin : the option \"b\" is missing\n");
}

TEST_CASE("long texts and bytes that are not UTF-8 are held against a schema as well") {
  const auto schema = nlohmann::json::parse(R"({"type": "object", "additionalProperties": false, "properties": {
    "a": {"type": "string", "pattern": "^((x|y)*z?)*=", "maxLength": 1000000}}})");
  const auto found = [&](std::string text) { return check_options(schema, {{"a", std::move(text)}}).size(); };
  CHECK(found(std::string(300000, 'x') + "=") == 0);
  CHECK(found(std::string(300000, 'x')) == 1);
  CHECK(found("x=" + std::string(100, '\x80') + "\xFF") == 0);
  CHECK(found(std::string("=\0x", 3)) == 0);
}

TEST_CASE("defaults are filled in at every depth, in lists too, and are placed at the default") {
  const auto schema = nlohmann::json::parse(R"({"type": "object", "properties": {
    "a": {"type": "integer", "default": 1},
    "b": {"type": "object", "properties": {"c": {"type": "object", "properties": {"d": {"type": "string", "default": "x"}}}}},
    "e": {"type": "object", "properties": {"f": {"type": "string"}}},
    "g": {"type": "array", "items": {"type": "object", "properties": {"h": {"type": "boolean", "default": false}}}},
    "i": {"oneOf": [{"type": "string"}, {"type": "object", "properties": {"j": {"type": "integer", "default": 2}}}]}}})");
  auto options = nlohmann::json::parse(R"({"g": [{}, {"h": true}], "i": {}})");
  Places places;
  const std::uint32_t source = places.add({Place::Source::command_line, "--set x.g", {}});
  places.put("/x/g", Origin{{source, 0}, 0});
  complete_options(schema, options, "/x", places);
  CHECK(options ==
        nlohmann::json::parse(R"({"a": 1, "b": {"c": {"d": "x"}}, "g": [{"h": false}, {"h": true}], "i": {"j": 2}})"));
  CHECK(to_text(places.of_value("/x/b/c/d")) == "default");
  CHECK(to_text(places.of_value("/x/g/0/h")) == "default");
  CHECK(to_text(places.of_value("/x/g/1/h")) == "--set x.g");
}

}  // namespace
}  // namespace slipway::config
