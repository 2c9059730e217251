#include "core/run/env_files.hpp"

#include <catch2/catch.hpp>

using namespace slipway;
using namespace slipway::run;

namespace {

using Variables = std::vector<std::string>;

std::optional<std::string> callers_value(const std::string& name) {
  if (name == "MINE") return "my own";
  if (name == "EMPTY") return "";
  return std::nullopt;
}

}  // namespace

TEST_CASE("an environment file is read line by line, and values are taken as they stand") {
  struct Row {
    const char* name;
    std::string text;
    Variables variables;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing", "", {}},
      {"one", "A=b", {"A=b"}},
      {"several, the last without its line's end", "A=b\nC=d\n\nE=", {"A=b", "C=d", "E="}},
      {"comments and blanks before a line", "# A=b\n   # C=d\n \t\n  E=f\n", {"E=f"}},
      {"no comment behind a value", "A=b # c\n", {"A=b # c"}},
      {"quotes, blanks and more = stay", "A=\"b c\" \nB= x=y=\n", {"A=\"b c\" ", "B= x=y="}},
      {"the caller's", "MINE\nEMPTY\n", {"MINE=my own", "EMPTY="}},
      {"what the caller lacks is left out", "NOBODYS\nA=b\n", {"A=b"}},
      {"the same twice", "A=1\nA=2\n", {"A=1", "A=2"}},
      {"lines that end as on Windows, behind a byte order mark",
       "\xEF\xBB\xBF"
       "A=b\r\nMINE\r\n",
       {"A=b", "MINE=my own"}},
      {"bytes that are no UTF-8", "A=\xff\xfe\n", {"A=\xff\xfe"}},
  }));
  INFO(row.name);
  const auto variables = variables_in(row.text, "/x.env", callers_value);
  REQUIRE(variables);
  CHECK(*variables == row.variables);
}

TEST_CASE("a malformed line of an environment file is told by its number, without its value") {
  struct Row {
    std::string text, said;
  };
  const auto row = GENERATE(values<Row>({
      {"A=b\n=secret\n", "read the environment file: /x.env:2: there is no name before the \"=\""},
      {"\n\nMY NAME=secret", "read the environment file: /x.env:3: what stands before the \"=\" has a blank in it"},
      {"A =secret", "read the environment file: /x.env:1: what stands before the \"=\" has a blank in it"},
      {"secret secret base64==", "read the environment file: /x.env:1: what stands before the \"=\" has a blank in it"},
      {"export A=secret",
       "read the environment file: /x.env:1: \"export\" is a shell's word and no part of a variable"},
      {"correct horse", "read the environment file: /x.env:1: there is no \"=\""},
      {std::string("A=b\0c\n", 6), "read the environment file: /x.env:1: there is a NUL byte"},
  }));
  INFO(row.text);
  const auto variables = variables_in(row.text, "/x.env", callers_value);
  REQUIRE_FALSE(variables);
  CHECK(sentence(variables.error()) == row.said);
  CHECK(variables.error().hint.find("NAME=VALUE") != std::string::npos);
}
