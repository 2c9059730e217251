#include <algorithm>
#include <catch2/catch.hpp>

#include "core/config/test_catalogue.hpp"

namespace slipway::config {
namespace {

Override var(std::string_view argument) { return parse_var(argument).value(); }

struct Read {
  nlohmann::json exec{};
  std::string told{};
  bool may_hold_secrets = false;
};

// The exec stage's options of a pipeline with these variables.
Read read(const std::string& vars, const std::string& exec, std::vector<Override> overrides = {}) {
  TestCatalogue plugins;
  const auto pipeline =
      read_pipeline(request_for(R"({"image": {"source": "a.tar"}, "vars": )" + vars + R"(, "exec": )" + exec + "}",
                                std::move(overrides)),
                    plugins.catalogue());
  if (!pipeline) return {{}, told(pipeline.error()), false};
  return {pipeline->stages.back().options, {}, pipeline->may_hold_secrets};
}

TEST_CASE("variables are filled in: whole values of any type, and text within strings") {
  struct Row {
    std::string name, vars, args, result;
    std::vector<Override> overrides{};
  };
  const std::vector<Row> rows = {
      {"text in a string", R"({"a": "x"})", R"(["-${a}-${a}"])", R"(["-x-x"])"},
      {"a number in a string", R"({"a": 7})", R"(["n=${a}"])", R"(["n=7"])"},
      {"true in a string", R"({"a": true})", R"(["${a}!"])", R"(["true!"])"},
      {"a whole list", R"({"a": ["x", "y"]})", R"("${a}")", R"(["x", "y"])"},
      {"an entry", R"({"a": "x"})", R"(["${a}"])", R"(["x"])"},
      {"a variable of a variable", R"({"a": "x", "b": "${a}y"})", R"(["${b}"])", R"(["xy"])"},
      {"a literal", R"({"a": "x"})", R"(["$${a} $a ${a} $$ {"])", R"(["${a} $a x $$ {"])"},
      {"a value is not filled in twice", R"({"a": "$${b}"})", R"(["${a}"])", R"(["${b}"])"},
      {"empty text", R"({"a": ""})", R"(["${a}", "-${a}-"])", R"(["", "--"])"},
      {"--var of a text", R"({"a": "x"})", R"(["${a}"])", R"(["7"])", {var("a=7")}},
      {"--var of a list", R"({"a": []})", R"("${a}")", R"(["z"])", {var(R"(a=["z"])")}},
      {"--var of what must be said", R"({"a": null})", R"(["${a}"])", R"(["said"])", {var("a=said")}},
      {"--set of a variable", R"({"a": "x"})", R"(["${a}"])", R"(["y"])", {set("vars.a=y")}},
      {"the last one wins", R"({"a": "x"})", R"(["${a}"])", R"(["z"])", {var("a=y"), var("a=z")}},
      {"the command line's own values stay as they are",
       R"({"a": "x"})",
       "[]",
       R"(["${a}"])",
       {set(R"(exec.args=["${a}"])")}},
      {"--var is not filled in", R"({"a": "x", "b": "y"})", R"(["${a}"])", R"(["${b}"])", {var("a=${b}")}},
  };
  for (const Row& row : rows) {
    DYNAMIC_SECTION(row.name) {
      const Read result = read(row.vars, R"({"args": )" + row.args + "}", row.overrides);
      CHECK(result.told.empty());
      CHECK(result.exec["args"] == nlohmann::json::parse(row.result));
    }
  }
}

TEST_CASE("variables choose plugins, and paths are relative to where they were written") {
  TestCatalogue plugins;
  const auto pipeline = read_pipeline(
      request_for(
          R"({"vars": {"image": "a.tar", "root": "fs-copy"}, "image": {"source": "${image}"}, "rootfs": {"use": "${root}"}})"),
      plugins.catalogue());
  REQUIRE(pipeline);
  CHECK(pipeline->stages[0].options["source"] == "/etc/box/a.tar");
  CHECK(pipeline->stages[1].use == "fs-copy");
}

TEST_CASE("what is wrong with a variable is told once, where it is written") {
  struct Row {
    std::string name, vars, args, told;
    std::vector<Override> overrides{};
  };
  const std::string at = "/etc/box/p.json:1:";
  const std::vector<Row> rows = {
      {"unknown", R"({"port": 1})", R"(["${prot}"])",
       R"(71: error: /exec/args/0: there is no variable "prot" | did you mean "port"? allowed: "port")"},
      {"of none", "{}", R"(["${HOME}"])",
       R"(62: error: /exec/args/0: there is no variable "HOME" | "$${" stands for "${" itself)"},
      {"without its end", R"({"a": 1})", R"(["x${a"])",
       R"(68: error: /exec/args/0: "${" without a "}" in "x${a" | "$${" stands for "${" itself)"},
      {"without a value", R"({"a": null})", R"(["${a}", "-${a}"])",
       R"(46: error: /vars/a: the variable "a" has no value | give it one: --var a=VALUE)"},
      {"of itself", R"({"a": "${b}", "b": "${a}"})", R"(["${a}"])",
       R"(46: error: /vars/a: the variable "a" is made from itself | write its value out in one of those that make the circle)"},
      {"a list in a string", R"({"a": []})", R"(["x${a}"])",
       R"(69: error: /exec/args/0: the variable "a" is an empty list, which cannot stand within a string | alone in its string it can: "${a}")"},
      {"a list of variables", "[]", "[]",
       R"(40: error: /vars: expected an object, found an empty list | "vars": {"name": VALUE}; null where every run must say it)"},
      {"a name with a dot", R"({"a.b": 1})", "[]",
       R"(41: error: /vars/a.b: expected a variable's name, found "a.b" | a name begins with a letter and goes on with letters, digits, "-" and "_", 64 in all)"},
      {"a wrong type", R"({"a": 7})", R"(["${a}"])",
       R"(46: error: /exec/args/0: expected a string, found 7 | replaces the image's command)"},
  };
  for (const Row& row : rows) {
    DYNAMIC_SECTION(row.name) {
      CHECK(read(row.vars, R"({"args": )" + row.args + "}", row.overrides).told == at + row.told + "\n");
    }
  }
  CHECK(read(R"({"port": 1})", "{}", {var("prot=2")}).told ==
        "--var prot: error: /vars: the pipeline has no variable \"prot\" | did you mean \"port\"? allowed: \"port\"\n");
  CHECK(read(R"({"a": {}})", R"({"args": "${a}"})", {var("a=[7]")}).told.starts_with("--var a: error: /exec/args/0: "));
}

TEST_CASE("variables that grow without bound are refused") {
  std::string vars = R"({"v0": ["xxxxxxxxxxxxxxxx"])";
  for (int i = 1; i < 40; ++i) {
    const std::string before = std::to_string(i - 1);
    vars += ", \"v" + std::to_string(i) + R"(": ["${v)" + before + R"(}", "${v)" + before + R"(}"])";
  }
  const Read grown = read(vars + "}", R"({"args": "${v39}"})");
  CHECK(grown.told.find("with its variables filled in the pipeline is longer than 4 MiB") != std::string::npos);
  std::string deep = R"({"v0": [])";
  for (int i = 1; i < 40; ++i)
    deep += ", \"v" + std::to_string(i) + R"(": [[["${v)" + std::to_string(i - 1) + R"(}"]]])";
  CHECK(read(deep + "}", R"({"args": "${v39}"})").told.find("nested deeper than 64 levels") != std::string::npos);
}

TEST_CASE("a long chain of variables is refused, and so is much text made of few") {
  std::string chain = R"({"v0": "end")";
  for (int i = 1; i < 12'000; ++i)
    chain += ", \"v" + std::to_string(i) + R"(": "${v)" + std::to_string(i - 1) + R"(}")";
  const Read deep = read(chain + "}", R"({"args": ["${v11999}"]})");
  CHECK(deep.told.find("variables are made of variables deeper than 64 levels") != std::string::npos);
  CHECK(std::count(deep.told.begin(), deep.told.end(), '\n') == 1);
  std::string many = R"({"args": [)";
  for (int i = 0; i < 500; ++i) many += std::string(i == 0 ? "" : ",") + R"("x${big}")";
  const Read grown = read(R"({"big": ")" + std::string(500'000, 'x') + "\"}", many + "]}");
  CHECK(grown.told.find("longer than 4 MiB") != std::string::npos);
  CHECK(std::count(grown.told.begin(), grown.told.end(), '\n') == 1);
}

TEST_CASE("what --var gives to the program may be a secret") {
  CHECK(read(R"({"e": ["A=a", "B=b"]})", R"({"env": "${e}"})", {set("vars.e.1=PW=x")}).may_hold_secrets);
  CHECK(read(R"({"a": ""})", R"({"env": ["A=${a}"]})", {var("a=x")}).may_hold_secrets);
  CHECK(read(R"({"a": "", "b": "<${a}>"})", R"({"env": ["A=${b}"]})", {var("a=x")}).may_hold_secrets);
  CHECK_FALSE(read(R"({"a": ""})", R"({"env": ["A=${a}"]})").may_hold_secrets);
  CHECK_FALSE(read(R"({"a": "", "b": "y"})", R"({"env": ["A=${b}"]})", {var("a=x")}).may_hold_secrets);
}

}  // namespace
}  // namespace slipway::config
