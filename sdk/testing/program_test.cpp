// slipway-plugin-test, the face of the harness for authors in C and Rust.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "tests/support/process.hpp"
#include "tests/support/scratch.hpp"

using namespace slipway::tests;

namespace {

const std::string kC = SLIPWAY_FIXTURES "/fixture-c.so";
const std::string kImage = SLIPWAY_FIXTURES "/fixture-image.so";

Outcome test(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment = {}) {
  arguments.insert(arguments.begin(), SLIPWAY_PLUGIN_TEST);
  Command command{std::move(arguments)};
  command.environment = environment;
  return run(command);
}

}  // namespace

TEST_CASE("a plugin in C is called once, and its outcome printed as JSON") {
  const Outcome planned = test({kC, "--options", R"({"paths": ["/x"]})", "--facts", "rootless"});
  CHECK(planned.status == 0);
  CHECK(planned.errors == "");
  CHECK(planned.output ==
        "{\n  \"ok\": true,\n  \"steps\": [\n"
        "    {\"type\":\"mask\",\"path\":\"/x\",\"phase\":\"seal\",\"from\":\"/options/paths/0\"}\n"
        "  ],\n  \"facts\": {\n    \"fixture\": {\n      \"masked\": true\n    }\n  },\n  \"reports\": []\n}\n");
}

TEST_CASE("what a plugin reports is told on standard error, and fails the program") {
  const Outcome planned = test({SLIPWAY_FIXTURES "/fixture-cpp.so", "--options", R"({"label": "bad"})"});
  CHECK(planned.status == 1);
  CHECK(planned.errors == "error: /options/label: is bad | choose another\n");
  CHECK_THAT(planned.output, Catch::Contains("\"ok\": false"));
}

TEST_CASE("directories of cases are compared, renewed by the environment, and each case is told") {
  const Scratch scratch;
  scratch.write("one.case.json", R"({"options": {"paths": ["/x"]}})");
  scratch.write("two.case.json", R"({"facts": "old-kernel"})");
  const Outcome missing = test({kC, scratch.path()});
  CHECK(missing.status == 1);
  CHECK_THAT(missing.output, Catch::Contains("FAILED  one\n") && Catch::Contains("one.expected.json is not there"));
  CHECK(test({kC, scratch.path()}, {{"SLIPWAY_UPDATE_GOLDEN", "1"}}).status == 0);
  const Outcome fine = test({kC, scratch.path()});
  CHECK(fine.status == 0);
  CHECK(fine.output == "ok      one\nok      two\n");
}

TEST_CASE("an image plugin is shown the files of a case, or those below a directory") {
  const Scratch scratch;
  scratch.write("text", "from a file");
  scratch.write("a.case.json",
                R"({"archive": [{"name": "id", "file": "text"}, {"name": "d/", "directory": true},
                                {"name": "l", "symlink": "id"}, {"name": "b", "base64": "/w=="}]})");
  scratch.write("b.case.json", R"({"directory": [{"name": "id", "text": "x"}]})");
  CHECK(test({kImage, scratch.path()}, {{"SLIPWAY_UPDATE_GOLDEN", "1"}}).status == 0);
  CHECK(test({kImage, scratch.path()}).output == "ok      a\nok      b\n");

  const Scratch tree;
  tree.write("id", "of the tree");
  for (const char* how : {"--archive", "--directory"}) {
    const Outcome resolved = test({kImage, how, tree.path()});
    CHECK(resolved.status == 0);
    CHECK_THAT(resolved.output, Catch::Contains("\"id\": \"of the tree\""));
  }
}

TEST_CASE("a plugin that crashes, hangs or exits is named with its function") {
  for (const std::string how : {"segv", "abort", "exit"}) {
    const Outcome ended =
        test({SLIPWAY_FIXTURES "/fixture-misbehaves.so", "--options", R"({"how": ")" + how + R"("})"});
    INFO(how << ": " << ended.errors);
    CHECK(ended.status == 125);
    CHECK_THAT(ended.errors, Catch::Contains("fixture-misbehaves") && Catch::Contains("plan"));
  }
}

TEST_CASE("a plugin that ends the program while its library is loaded is named, and no test goes well") {
  const std::string none = "constructor:none";
  std::ifstream in(SLIPWAY_FIXTURES "/fixture-misbehaves.so", std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  const std::size_t at = whole.find(none);
  REQUIRE(at != std::string::npos);
  for (const std::string how : {"segv", "exit", "abrt"}) {
    const Scratch scratch;
    const std::string file =
        scratch.write("fixture-misbehaves.so", std::string(whole).replace(at, none.size(), "constructor:" + how));
    scratch.write("one.case.json", "{}");
    const Outcome ended = test({file, scratch.path()});
    INFO(how << ": " << ended.errors);
    CHECK(ended.status == 125);
    CHECK(ended.output.empty());
    CHECK_THAT(ended.errors,
               Catch::Contains("plugin fixture-misbehaves ") && Catch::Contains(" in the loading of its library"));
  }
}

TEST_CASE("the recorded facts are listed and printed") {
  const Outcome listed = test({"--list-facts"});
  CHECK_THAT(listed.output, Catch::StartsWith("root\nrootless\none-id\n"));
  CHECK_THAT(test({"--print-facts", "one-id"}).output, Catch::Contains("\"ids\": \"single\""));
}

TEST_CASE("wrong usage is told in one line and is status 2") {
  for (const auto& [arguments, message] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{}, "which plugin?"},
           {{kC, "--fact", "root"}, "--fact: unknown option"},
           {{kC, "--facts"}, "--facts lacks its value"},
           {{kC, "cases", "--facts", "root"}, "a directory of cases says itself which options and facts there are"},
           {{kC, "--archive", "/"}, "--archive and --directory are for image plugins"},
           {{kImage}, "an image plugin is shown either --archive DIR or --directory DIR"},
       }) {
    const Outcome refused = test(arguments);
    CHECK(refused.status == 2);
    CHECK(refused.errors == "slipway-plugin-test: " + message + " (--help tells more)\n");
  }
  CHECK(test({kC, "--facts", "mars"}).status == 1);
  CHECK(test({"--help"}).status == 0);
}
