// Several plugins at once: their order, their places, their symbols; and how the search for one is told.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/run/harness.hpp"
#include "tests/support/skip.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;
using nlohmann::json;
namespace fs = std::filesystem;

/// Copies of fixtures in a directory of the caller's.
std::string directory_with(const Runner& runner, const Words& fixtures) {
  std::string path;
  for (const std::string& fixture : fixtures) {
    const std::string name = fixture.substr(fixture.find('/') == std::string::npos ? 0 : fixture.find('/') + 1);
    path = runner.put(name + ".so", read_file(std::string(SLIPWAY_FIXTURES) + "/" + fixture + ".so"));
  }
  return path.substr(0, path.rfind('/'));
}

json emits(const std::string& name, const std::string& target, json more = json::object()) {
  more["use"] = "emits-harden";
  more["name"] = name;
  more["steps"] = json::array({json{{"type", "mkdir"}, {"target", target}}.dump()});
  return more;
}

/// The targets of a plan's mkdir steps that the harden stage emits, in their order.
Words order_of(Runner& runner, const json& harden) {
  const Outcome outcome = runner.slipway({"plan", "--json", "--plugin-dir", directory_with(runner, {"emits-harden"}),
                                          "--set", "harden=" + harden.dump(), runner.box()});
  INFO(to_text(outcome));
  REQUIRE(outcome.shell_status() == 0);
  Words targets;
  const json plan = json::parse(outcome.output);
  for (const json& step : plan.at("steps")) {
    if (step.at("type") == "mkdir" && step.at("owner").at("stage") == "harden") targets.push_back(step.at("target"));
  }
  return targets;
}

}  // namespace

TEST_CASE("plugins of one list plan in its order, but for what says that it comes after or replaces another") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    CHECK(order_of(runner, {emits("b", "/b"), emits("a", "/a"), emits("c", "/c")}) == Words{"/b", "/a", "/c"});
    CHECK(order_of(runner, {emits("b", "/b", {{"after", {"c:/c"}}}), emits("a", "/a"), emits("c", "/c")}) ==
          Words{"/a", "/c", "/b"});
    CHECK(order_of(runner, {emits("b", "/b"), emits("a", "/a", {{"replaces", {"b:/b"}}}), emits("c", "/c")}) ==
          Words{"/a", "/c"});
  }
}

TEST_CASE("plugins with the same symbols, of whatever compiler and standard library, do not disturb one another") {
  if (!fs::exists(SLIPWAY_FIXTURES "/llvm/twin-llvm.so")) SLIPWAY_SKIP("there is no clang++ with libc++ to build one");
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const std::string directory = directory_with(runner, {"twin-one", "twin-two", "llvm/twin-llvm"});
    const std::string script = "cd /; echo twin-*";
    for (const Words& order :
         {Words{"twin-one", "twin-two", "twin-llvm"}, Words{"twin-llvm", "twin-two", "twin-one"}}) {
      json harden = json::array();
      for (const std::string& name : order) harden.push_back({{"use", name}});
      const Outcome outcome = runner.run({"--plugin-dir", directory, "--no-record=starts", "--set",
                                          "harden=" + harden.dump(), runner.box(), "sh", "-c", script});
      INFO(caller.name << ": " << to_text(outcome));
      CHECK(outcome.output == "twin-llvm-1-1 twin-one-1-1 twin-two-1-1\n");
      CHECK(outcome.errors == "");
    }
  }
}

TEST_CASE("an image plugin's symbols are its own in the worker, of whatever compiler and standard library it is") {
  if (!fs::exists(SLIPWAY_FIXTURES "/llvm/twin-image-llvm.so"))
    SLIPWAY_SKIP("there is no clang++ with libc++ to build one");
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const std::string directory = directory_with(runner, {"twin-image", "llvm/twin-image-llvm"});
    for (const std::string name : {"twin-image", "twin-image-llvm"}) {
      const Outcome outcome =
          runner.slipway({"plan", "--plugin-dir", directory, "--use", "image=" + name, runner.box()});
      INFO(caller.name << ": " << to_text(outcome));
      CHECK(outcome.shell_status() == 1);
      CHECK(outcome.errors.find(name + ": " + name + "-1-1\n") != std::string::npos);
    }
  }
}

TEST_CASE("plugin explain tells of each directory what is there, and which plugin is taken or why none is") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    INFO(caller.name);
    const std::string first = directory_with(runner, {"emits-harden"});
    const std::string second = runner.own("second");
    (void)run(runner.plain({"mkdir", "-p", second}));
    (void)run(runner.plain({"cp", first + "/emits-harden.so", second + "/emits-harden.so"}));
    (void)run(runner.plain({"cp", first + "/emits-harden.so", second + "/net-none.so"}));
    (void)run(runner.plain({"sh", "-c", "echo text > " + second + "/broken.so"}));
    const Words explain = {"plugin", "explain", "--plugin-dir", first, "--plugin-dir", second};
    const auto told = [&](const std::string& name, int status) {
      Words words = explain;
      words.push_back(name);
      const Outcome outcome = runner.slipway(words);
      CHECK(outcome.shell_status() == status);
      return outcome.output + outcome.errors;
    };

    const std::string both = told("emits-harden", 0);
    INFO(both);
    const std::size_t builtin = both.find("emits-harden.so (built-in)\n      there is none\n");
    const std::size_t taken =
        both.find(first + "/emits-harden.so\n      taken: harden plugin, version 0.1.0, ABI 1.0\n");
    const std::size_t passed =
        both.find(second + "/emits-harden.so\n      passed over, as an earlier directory has one");
    CHECK(builtin < taken);
    CHECK(taken < passed);
    CHECK(passed != std::string::npos);

    // What hides behind a built-in one could not be used anyway.
    const std::string hidden = told("net-none", 0);
    INFO(hidden);
    CHECK(hidden.find("net-none.so (built-in)\n      taken: network plugin") != std::string::npos);
    CHECK(hidden.find("it could not be used either: use plugin net-none: ") != std::string::npos);

    const std::string broken = told("broken", 1);
    INFO(broken);
    CHECK(broken.find("refused, and nothing is looked for further on: use plugin broken: " + second +
                      "/broken.so: is a text file") != std::string::npos);
    CHECK(broken.find("hint: a plugin is a shared object") != std::string::npos);

    const std::string missing = told("emits-hardne", 1);
    INFO(missing);
    CHECK(missing.find(second + "/emits-hardne.so\n      there is none\n") != std::string::npos);
    CHECK(missing.find("did you mean \"emits-harden\"?") != std::string::npos);

    CHECK(told("../emits-harden", 1).find("a plugin is named without a slash and without a dot") != std::string::npos);

    Words json_words = explain;
    json_words.insert(json_words.end(), {"--json", "emits-harden"});
    const json as_json = json::parse(runner.slipway(json_words).output);
    CHECK(as_json.at("taken") == first + "/emits-harden.so");
    CHECK(as_json.at("owners_checked") == caller.is_root());
    REQUIRE(as_json.at("looked_in").size() == 3);
    CHECK(as_json.at("looked_in")[0].at("verdict") == "absent");
    CHECK(as_json.at("looked_in")[1].at("verdict") == "taken");
    CHECK(as_json.at("looked_in")[1].at("needs").size() > 10);
    CHECK(as_json.at("looked_in")[2].at("verdict") == "passed-over");
  }
}

}  // namespace slipway::tests
