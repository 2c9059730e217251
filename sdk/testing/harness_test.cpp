// The harness as an author's test uses it, over the plugins that stand in tests/fixtures.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <functional>
#include <set>
#include <slipway/testing.hpp>

#include "tests/support/scratch.hpp"

using namespace slipway::testing;
using slipway::tests::Scratch;
namespace steps = slipway::steps;

namespace {

Plugin fixture(const std::string& name) { return Plugin::load(SLIPWAY_FIXTURES "/" + name + ".so"); }

std::string refusal(const std::function<void()>& what) {
  try {
    what();
  } catch (const Error& error) {
    return error.what();
  }
  return "not refused";
}

/// The variable for as long as it lives. These tests have one thread.
class Updating {
 public:
  Updating() { ::setenv("SLIPWAY_UPDATE_GOLDEN", "1", 1); }  // NOLINT(concurrency-mt-unsafe)
  ~Updating() { ::unsetenv("SLIPWAY_UPDATE_GOLDEN"); }       // NOLINT(concurrency-mt-unsafe)
  Updating(const Updating&) = delete;
  Updating& operator=(const Updating&) = delete;
};

}  // namespace

TEST_CASE("options and facts in, typed steps out") {
  const Outcome planned = fixture("fixture-c").plan(R"({"paths": ["/proc/kcore", "/proc/keys"]})", {});
  CHECK(planned.ok);
  CHECK(planned.told() == "");
  const auto masks = planned.all<steps::Mask>();
  REQUIRE(masks.size() == 2);
  CHECK(masks[1].path.text == "/proc/keys");
  CHECK(planned.steps[1].phase == steps::Phase::seal);
  CHECK(planned.steps[1].common.from == "/options/paths/1");
  CHECK(planned.steps[1].json() == R"({"type":"mask","path":"/proc/keys","phase":"seal","from":"/options/paths/1"})");
  CHECK(planned.all<steps::Bind>().empty());
}

TEST_CASE("what is not given has the default of the manifest, at every depth") {
  const Outcome planned = fixture("fixture-cpp").plan(R"({"label": "l", "mounts": [{"target": "/m"}]})", facts("root"));
  CHECK(planned.told() == "");
  const auto writes = planned.all<steps::Write>();
  REQUIRE(writes.size() == 1);
  CHECK_THAT(writes[0].text, Catch::Contains("open=1024") && Catch::Contains("paths=/a,/b;c"));
  CHECK(planned.all<steps::Unpack>().size() == 2);
}

TEST_CASE("an outcome has one canonical form, with a step on each line") {
  const Outcome planned = fixture("fixture-c").plan("{}", {});
  CHECK(planned.json() ==
        "{\n"
        "  \"ok\": true,\n"
        "  \"steps\": [\n"
        "    {\"type\":\"mask\",\"path\":\"/proc/kcore\",\"phase\":\"seal\",\"from\":\"/options/paths/0\"}\n"
        "  ],\n"
        "  \"facts\": {\n"
        "    \"fixture\": {\n"
        "      \"masked\": true\n"
        "    }\n"
        "  },\n"
        "  \"reports\": []\n"
        "}\n");
  CHECK(planned.reads == std::vector<std::string>{"/options/paths", "/options/paths/0"});
}

TEST_CASE("what a plugin reports comes back as values, with the option's place, the message and the hint") {
  const Outcome planned = fixture("fixture-cpp").plan(R"({"label": "bad"})", facts("root"));
  CHECK_FALSE(planned.ok);
  REQUIRE(planned.reports.size() == 1);
  CHECK(planned.reports[0].severity == Severity::error);
  CHECK(planned.reports[0].at == "/options/label");
  CHECK(planned.reports[0].message == "is bad");
  CHECK(planned.reports[0].hint == "choose another");
  CHECK(planned.told() == "error: /options/label: is bad | choose another\n");

  const Outcome warned = fixture("fixture-cpp").plan(R"({"label": "l", "strict": false})", facts("root"));
  CHECK(warned.ok);
  CHECK(warned.told() == "warning: /options/strict: is off | switch it on\n");
}

TEST_CASE("options that do not fit the manifest are told, and the plugin is not called") {
  const Plugin plugin = fixture("fixture-cpp");
  for (const auto& [options, told] : std::vector<std::pair<std::string, std::string>>{
           {"{}", "error: /options: lacks \"label\"\n"},
           {R"({"label": 5})", "error: /options/label: is the number 5; expected \"string\"\n"},
           {R"({"label": "l", "uper": "tmpfs"})", "error: /options/uper: is no option | did you mean \"upper\"?\n"},
           {R"({"label": "l", "upper": "disc"})",
            "error: /options/upper: is \"disc\"; expected one of [\"auto\",\"tmpfs\",\"read-only\"]\n"},
           {R"({"label": "l", "size": -1})", "error: /options/size: is too small; expected at least 0\n"},
           {R"({"label": "l", "flags": ["ro", "rw"]})",
            "error: /options/flags/1: is \"rw\"; expected one of [\"ro\",\"private\"]\n"},
           {R"({"label": "l", "mounts": [{}]})", "error: /options/mounts/0: lacks \"target\"\n"},
           {R"({"label": "l", "either": true})", "error: /options/either: is true; expected one of its alternatives\n"},
       }) {
    const Outcome planned = plugin.plan(options, facts("root"));
    CHECK_FALSE(planned.ok);
    CHECK(planned.told() == told);
    CHECK(planned.reads.empty());
  }
  CHECK(plugin.plan(R"({"label": "l", "either": 3})", facts("root")).ok);
}

TEST_CASE("a step that slipway would refuse is refused here, in the same words") {
  const Plugin plugin = fixture("fixture-misbehaves");
  CHECK_THAT(plugin.plan(R"({"how": "unknown-step"})", {}).told(),
             Catch::Contains("type is \"maks\", no step type of this slipway | did you mean \"mask\"?"));
  CHECK_THAT(plugin.plan(R"({"how": "silent"})", {}).told(), Catch::Contains("plan failed without saying why"));
  CHECK_THAT(fixture("fixture-throws").plan(R"({"what": "exception"})", {}).told(),
             Catch::Contains("the plugin threw: thrown on purpose"));
}

TEST_CASE("the recorded facts are whole, and each stands for another host") {
  std::set<std::string> all;
  for (const std::string& name : names_of_facts()) {
    INFO(name);
    const Facts told = facts(name);
    CHECK(all.insert(told.json()).second);
    const Outcome planned = fixture("fixture-cpp").plan(R"({"label": "l"})", told);
    CHECK(planned.told() == "");
    for (const char* fact : {"\"host\"", "\"image\"", "\"isolation\"", "\"kernel\"", "\"filesystems\"", "\"ids\""})
      CHECK_THAT(told.json(), Catch::Contains(fact));
  }
  CHECK(refusal([] { facts("rootles"); }) == "there are no recorded facts \"rootles\"; did you mean \"rootless\"?");
}

TEST_CASE("facts are changed in one place, taken away, and taken from what slipway plan --json prints") {
  Facts told(R"({"steps": [], "facts": {"host": {"kernel": "6.1.0"}, "list": [1, 2]}})");
  CHECK(told.json() == R"({"host":{"kernel":"6.1.0"},"list":[1,2]})");
  told.set("/host/kernel", R"("5.12.0")").set("/isolation/ids", R"("range")").erase("/list/0").erase("/nowhere/x");
  CHECK(told.json() == R"({"host":{"kernel":"5.12.0"},"isolation":{"ids":"range"},"list":[2]})");
  CHECK(refusal([&] { told.set("/host/kernel", "5.12"); }) == "not refused");
  CHECK(refusal([&] { told.set("/host/kernel", "5.12.0"); }) == "/host/kernel: 5.12.0 is not JSON");
  CHECK(refusal([] { Facts("no"); }) == "facts: is not JSON");
}

TEST_CASE("an image plugin resolves a source that is a list of files in memory") {
  Source source;
  source.directory("d/").file("id", "the-id").file("./a.tar", "bytes").symlink("l", "a.tar");
  const Outcome resolved = fixture("fixture-image").resolve("{}", source);
  CHECK(resolved.told() == "");
  CHECK(resolved.ok);
  CHECK(resolved.facts.at("image") ==
        R"({"id":"the-id","layers":[{"diff_id":"d/"},{"diff_id":"id"},{"diff_id":"./a.tar"},{"diff_id":"l"}]})");
  const Source::Entry& entry = source.entries().at(2);
  CHECK(source.bytes(entry.offset, entry.size, entry.source) == "bytes");
  CHECK(refusal([&] { (void)source.bytes(1 << 20, 1); }) == "the source has no 1 bytes at 1048576 of file 0");

  Source tree(Source::Kind::directory);
  tree.directory("d").file("d/x", "x").file("id", "of a directory");
  CHECK_THAT(fixture("fixture-image").resolve("{}", tree).facts.at("image"), Catch::Contains("of a directory"));
  CHECK(tree.bytes(0, 14, 1) == "of a directory");

  const Outcome without = fixture("fixture-image").resolve("{}", Source());
  CHECK(without.told() == "error: /options/source: has no file \"id\" | is it an image?\n");
}

TEST_CASE("a plugin that is entered for another stage's function says so") {
  CHECK(fixture("fixture-image").plan("{}", {}).told() ==
        "error: the plugin has no function plan | its stage is \"image\"\n");
  CHECK(fixture("fixture-c").resolve("{}", Source()).told() ==
        "error: the plugin has no function resolve | its stage is \"harden\"\n");
}

TEST_CASE("what is no plugin is refused before any of its code runs") {
  const Scratch scratch;
  CHECK_THAT(refusal([] { fixture("nowhere"); }), Catch::EndsWith("nowhere.so: No such file or directory"));
  const std::string text = scratch.write("text.so", "#!/bin/sh\n");
  CHECK_THAT(refusal([&] { Plugin::load(text); }), Catch::StartsWith(text + ": is "));
  CHECK_THAT(refusal([] { fixture("broken-no-symbol"); }),
             Catch::Contains("does not export slipway_plugin_1\n  hint: in C++: SLIPWAY_PLUGIN(Class)"));
  CHECK_THAT(refusal([] { fixture("broken-other-abi"); }), Catch::Contains("its code is built for plugin ABI 2.0"));
  CHECK_THAT(refusal([] { fixture("broken-no-resolve"); }), Catch::Contains("has no function `resolve`"));
}

TEST_CASE("a golden file is compared, told as a difference of lines, and renewed when asked for") {
  const Scratch scratch;
  const std::string golden = scratch / "plan.json";
  const Plugin plugin = fixture("fixture-c");
  const Outcome planned = plugin.plan(R"({"paths": ["/a", "/b", "/c", "/d", "/e", "/f"]})", {});
  CHECK_THAT(difference(golden, planned),
             Catch::StartsWith(golden + " is not there; to take it, run again with SLIPWAY_UPDATE_GOLDEN=1"));
  {
    const Updating now;
    CHECK(difference(golden, planned) == "");
  }
  CHECK(difference(golden, planned) == "");
  const auto line = [](const std::string& path, int number, const char* comma = ",") {
    return R"(    {"type":"mask","path":")" + path + R"(","phase":"seal","from":"/options/paths/)" +
           std::to_string(number) + "\"}" + comma + "\n";
  };
  CHECK(difference(golden, plugin.plan(R"({"paths": ["/a", "/b", "/c", "/d", "/e", "/g"]})", {})) ==
        golden +
            " (-) is not what came (+); to take it, run again with SLIPWAY_UPDATE_GOLDEN=1 in the environment\n…\n " +
            line("/d", 3) + " " + line("/e", 4) + "-" + line("/f", 5, "") + "+" + line("/g", 5, "") +
            "   ],\n   \"facts\": {\n…\n");
  scratch.write("plan.json", planned.json().substr(0, planned.json().size() - 1));
  CHECK_THAT(difference(golden, planned), Catch::EndsWith("only the end of the last line differs\n"));
}

TEST_CASE("cases that are files are called and compared in the order of their names") {
  const Scratch scratch;
  CHECK(refusal([&] { run_cases(fixture("fixture-c"), scratch.path()); }) ==
        scratch.path() + ": holds no case, a file NAME.case.json");
  scratch.write("b.case.json", R"({"options": {"paths": ["/x"]}, "facts": "one-id", "set": {"/host/user": null}})");
  scratch.write("a.case.json", R"({"options": {"paths": 5}, "facts": {"host": {}}})");
  {
    const Updating now;
    CHECK(run_cases(fixture("fixture-c"), scratch.path()).size() == 2);
  }
  scratch.write("b.case.json", R"({"options": {"paths": ["/y"]}, "facts": "./own.json"})");
  scratch.write("own.json", "{}");
  const auto results = run_cases(fixture("fixture-c"), scratch.path());
  REQUIRE(results.size() == 2);
  CHECK(results[0].name == "a");
  CHECK(results[0].difference == "");
  CHECK_THAT(results[1].difference, Catch::Contains("-    {\"type\":\"mask\",\"path\":\"/x\"") &&
                                        Catch::Contains("+    {\"type\":\"mask\",\"path\":\"/y\""));
  scratch.write("b.case.json", R"({"option": {}})");
  CHECK_THAT(refusal([&] { run_cases(fixture("fixture-c"), scratch.path()); }),
             Catch::EndsWith("b.case.json: \"option\" is no member; did you mean \"options\"?"));
}
