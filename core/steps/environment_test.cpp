#include <catch2/catch.hpp>

#include "core/steps/steps.hpp"

using namespace slipway;
using namespace slipway::steps;

namespace {

using Variables = std::vector<std::string>;

Variables environment_of(const Environment& step, const std::string& term = {}) {
  Inside inside;
  inside.environment = {"FROM_BEFORE=1"};
  inside.home = "/home/app";
  inside.term = term;
  REQUIRE(apply(step, inside));
  return inside.environment;
}

const std::string kPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

}  // namespace

TEST_CASE("an environment has what is said and the defaults that nobody said") {
  struct Row {
    Variables said;
    EnvDefaults defaults;
    const char* term;
    Variables expected;
  };
  const auto row = GENERATE(values<Row>({
      {{}, EnvDefaults::standard, "", {kPath, "HOME=/home/app"}},
      {{}, EnvDefaults::standard, "xterm", {kPath, "HOME=/home/app", "TERM=xterm"}},
      {{}, EnvDefaults::none, "xterm", {}},
      {{"PATH=/bin", "A=b"}, EnvDefaults::standard, "", {"PATH=/bin", "A=b", "HOME=/home/app"}},
      {{"HOME=/", "TERM=vt100"}, EnvDefaults::standard, "xterm", {"HOME=/", "TERM=vt100", kPath}},
      {{"PATH=", "HOME="}, EnvDefaults::standard, "", {"PATH=", "HOME="}},
  }));
  CHECK(environment_of({row.said, row.defaults}, row.term) == row.expected);
}

TEST_CASE("the last of several variables of one name counts, in the first one's place") {
  CHECK(environment_of({{"A=1", "B=2", "A=3", "AB=4"}, EnvDefaults::none}) == Variables{"A=3", "B=2", "AB=4"});
  CHECK(environment_of({{"A=1=2", "A="}, EnvDefaults::none}) == Variables{"A="});
}

TEST_CASE("nothing of the host's environment comes in") {
  for (const std::string& variable : environment_of({{}, EnvDefaults::standard})) {
    CHECK((variable.starts_with("PATH=") || variable.starts_with("HOME=")));
  }
}

TEST_CASE("a name alone takes the variable away, and the default of that name, until it is said again") {
  struct Row {
    Variables base, variables, expected;
  };
  const auto row = GENERATE(values<Row>({
      {{"A=1"}, {"A"}, {kPath, "HOME=/home/app"}},
      {{"A=1", "B=2"}, {"A", "A=3"}, {"A=3", "B=2", kPath, "HOME=/home/app"}},
      {{"A=1"}, {"A=2", "A"}, {kPath, "HOME=/home/app"}},
      {{}, {"PATH", "HOME"}, {}},
      {{"PATH"}, {"PATH=/bin", "HOME"}, {"PATH=/bin"}},
      {{}, {"NEVER", "PATH=/bin"}, {"PATH=/bin", "HOME=/home/app"}},
      {{"AB=1", "A=1"}, {"A"}, {"AB=1", kPath, "HOME=/home/app"}},
  }));
  CHECK(environment_of({.variables = row.variables, .base = row.base}) == row.expected);
}

TEST_CASE("the variables go over the base") {
  CHECK(environment_of({.variables = {"B=3"}, .defaults = EnvDefaults::none, .base = {"A=1", "B=2"}}) ==
        Variables{"A=1", "B=3"});
  CHECK(summary(Environment{.variables = {"B=3"}, .base = {"A=1"}, .files = {"/x"}}) ==
        "2 variables, 1 file and the defaults");
}

TEST_CASE("a variable is NAME=VALUE or a name, and a file an absolute path") {
  CHECK(problem_of(Step{Environment{{"A=b", "A=", "a.b-c=d", "A==", "_= ", "A"}, {}}}).empty());
  for (const char* wrong : {"", "=", "=b"}) {
    INFO(wrong);
    CHECK(problem_of(Step{Environment{{"A=b", wrong}, {}}}).find("is not NAME=VALUE") != std::string::npos);
    CHECK(problem_of(Step{Environment{.base = {wrong}}}).find("is not NAME=VALUE") != std::string::npos);
  }
  CHECK(problem_of(Step{Environment{.files = {"/x", "y.env"}}}) == "the file \"y.env\" is no absolute path");
}
