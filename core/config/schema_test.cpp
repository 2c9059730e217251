#include <catch2/catch.hpp>

#include "core/config/test_catalogue.hpp"

namespace slipway::config {
namespace {

std::string told_of(const std::string& schema) {
  std::string text;
  for (const host::Problem& problem : check_schema(schema)) {
    text += problem.at + ": " + problem.message + (problem.hint.empty() ? "" : " | " + problem.hint) + "\n";
  }
  return text;
}

std::string of_option(const std::string& option) {
  return told_of(R"({"type": "object", "additionalProperties": false, "properties": {"a": )" + option + "}}");
}

TEST_CASE("schemas of options keep to the subset that every reader of them knows") {
  CHECK(told_of(R"({"type": "object", "additionalProperties": false})").empty());
  TestCatalogue plugins;
  for (const char* name : {"image-docker-save", "fs-overlay", "pseudo-standard", "harden-proc", "exec-process"}) {
    INFO(name);
    CHECK(told_of(plugins[name].options->dump()).empty());
  }
  struct Row {
    std::string option;
    std::string told;
  };
  const std::vector<Row> rows = {
      {R"({"type": "string", "description": "x"})", ""},
      {R"({"enum": ["a", "b"], "default": "b", "description": "x"})", ""},
      {R"({"enum": ["a", "b"], "default": "c", "description": "x"})",
       "/properties/a/default: the default does not fit: expected \"a\" or \"b\", found \"c\"\n"},
      {R"({"type": "string", "x-mine": 1, "description": "x"})", ""},
      {R"({"type": "string"})", "/properties/a: \"description\" is missing\n"},
      {R"({"description": "x"})",
       "/properties/a: \"type\" is missing | it is \"object\", \"array\", \"string\", \"integer\", \"number\" or "
       "\"boolean\"\n"},
      {R"({"type": "strnig", "description": "x"})",
       "/properties/a/type: unknown type \"strnig\" | did you mean \"string\"? allowed: \"object\", \"array\", "
       "\"string\", \"integer\", \"number\", \"boolean\"\n"},
      {R"({"type": "integer", "multipleOf": 2, "description": "x"})",
       "/properties/a/multipleOf: \"multipleOf\" is not in the subset of JSON Schema for options | allowed: \"type\", "
       "\"enum\", \"default\", \"examples\", \"description\", \"x-slipway\", \"minimum\", \"maximum\"\n"},
      {R"({"type": "array", "description": "x"})", "/properties/a: \"items\" is missing | say what a list holds\n"},
      {R"({"type": "array", "items": {"type": "string", "$ref": "#"}, "description": "x"})",
       "/properties/a/items/$ref: \"$ref\" is not in the subset of JSON Schema for options | allowed: \"type\", "
       "\"enum\", \"default\", \"examples\", \"description\", \"x-slipway\", \"pattern\", \"minLength\", "
       "\"maxLength\"\n"},
      {R"({"type": "object", "description": "x"})",
       "/properties/a/additionalProperties: \"additionalProperties\" must be false | unknown keys are errors, so that "
       "a slip of the pen is not passed over\n"},
      {R"({"type": "string", "minLength": -1, "description": "x"})",
       "/properties/a/minLength: expected a count, found -1\n"},
      {R"({"type": "integer", "minimum": "1", "description": "x"})",
       "/properties/a/minimum: expected a number, found \"1\"\n"},
      {R"({"type": "string", "enum": [], "description": "x"})",
       "/properties/a/enum: expected a list of values, found an empty list\n"},
      {R"({"type": "string", "enum": ["a"], "default": "b", "description": "x"})",
       "/properties/a/default: the default does not fit: expected \"a\", found \"b\"\n"},
      {R"({"type": "string", "pattern": "(", "description": "x"})",
       "/properties/a/pattern: this is no regular expression\n"},
      {R"({"type": "string", "x-slipway": "path", "description": "x"})",
       "/properties/a/x-slipway: expected \"file\", \"directory\", \"file-or-directory\" or \"text-of-file\", found "
       "\"path\"\n"},
      {R"({"type": "integer", "x-slipway": "file", "description": "x"})",
       "/properties/a/x-slipway: only a string can name a file\n"},
      {R"({"oneOf": [{"type": "string"}, {"type": "integer"}], "description": "x"})", ""},
      {R"({"oneOf": [{"type": "string"}, {"type": "string"}], "description": "x"})",
       "/properties/a/oneOf/1: two alternatives have the type \"string\" | alternatives are told apart by their "
       "type\n"},
      {R"({"oneOf": [{"type": "integer"}, {"type": "number"}], "description": "x"})",
       "/properties/a/oneOf/1: \"integer\" and \"number\" cannot be told apart | alternatives are told apart by their "
       "type\n"},
      {R"({"oneOf": [], "description": "x"})",
       "/properties/a/oneOf: expected a list of two or more schemas, found an empty list\n"},
  };
  for (const Row& row : rows) {
    INFO(row.option);
    CHECK(of_option(row.option) == row.told);
  }
  CHECK(told_of("{") ==
        ": the text ends too early: expected a key in double quotes or \"}\" | the object that is opened in line 1 has "
        "no end\n");
  CHECK(told_of(R"({"type": "string"})") ==
        "/type: the schema of options describes an object | begin it with \"type\": \"object\"\n");
  CHECK(told_of(R"({"type": "object", "additionalProperties": false, "required": ["b"]})") ==
        "/required/0: \"b\" is not among the properties\n");
  CHECK(told_of(R"({"type": "object", "additionalProperties": false, "required": ["b"],
                    "properties": {"b": {"type": "string", "default": "", "description": "x"}}})") ==
        "/required/0: \"b\" has a default and cannot be required\n");
  CHECK(
      told_of(
          R"({"type": "object", "additionalProperties": false, "properties": {"use": {"type": "string", "description": "x"}}})") ==
      "/properties/use: \"use\" is a word of the pipeline and cannot be an option\n");
}

}  // namespace
}  // namespace slipway::config
