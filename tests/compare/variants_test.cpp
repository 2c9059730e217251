// What is varied, run and told.
#include <filesystem>

#include "tests/compare/comparing.hpp"

namespace slipway::tests {
namespace {

const Words kTwo = {"--vary", "rootfs=fs-overlay,fs-copy"};

Words with(Words first, const Words& then) {
  first.insert(first.end(), then.begin(), then.end());
  return first;
}

}  // namespace

TEST_CASE("each level is run in each block, the baseline once more as the control, and all are told in a table") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const Outcome outcome = compare(runner, with(kTwo, {"--rounds", "3", "--seed", "7", runner.box(), "true"}));
    INFO(to_text(outcome));
    CHECK(outcome.shell_status() == 0);
    CHECK(outcome.errors == "");
    for (const char* part :
         {"3 whole blocks of 3 variants", "seed 7", "wall: ", "rootfs=fs-overlay ", "rootfs=fs-copy ",
          "rootfs=fs-overlay (control)", "baseline", "control", "median", "verdict"}) {
      INFO(part);
      CHECK(contains(outcome.output, part));
    }
  }
}

TEST_CASE("factors are multiplied out but for what is excluded, and a factor may be any option, with a JSON value") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const json outcome =
        compared(runner, {"--vary", "rootfs=fs-overlay,fs-copy", "--vary", R"(harden=[],[{"use":"harden-proc"}])",
                          "--exclude", "rootfs=fs-copy,harden=[]", "--baseline", R"(harden=[{"use":"harden-proc"}])",
                          "--rounds", "1", runner.box(), "true"});
    CHECK(names_of(outcome) == Words{"rootfs=fs-overlay harden=[]",
                                     R"(rootfs=fs-overlay harden=[{"use":"harden-proc"}])",
                                     R"(rootfs=fs-copy harden=[{"use":"harden-proc"}])",
                                     R"(rootfs=fs-overlay harden=[{"use":"harden-proc"}] (control))"});
    CHECK(outcome.at("baseline") == 1);
    CHECK(outcome.at("control") == 3);
    const auto pipeline = json::parse(outcome.at("variants")[2].at("pipeline").get<std::string>());
    CHECK(pipeline.at("rootfs").at("use") == "fs-copy");
    CHECK(pipeline.at("harden").size() == 1);
    const json& digests = outcome.at("variants")[2].at("digests");
    const std::string sum = run(runner.plain({"sha256sum", runner.box()})).output.substr(0, 64);
    CHECK(digests.at("image") == "sha256:" + sum);
    CHECK(digests.contains("plugin fs-copy"));
  }
}

TEST_CASE("the same seed makes the same order, another seed another one") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const auto order = [&](const char* seed) {
      return order_of(
          compared(runner, with(kTwo, {"--details", "none", "--rounds", "4", "--seed", seed, runner.box(), "true"})));
    };
    const auto first = order("1");
    CHECK(first.size() == 12);
    CHECK(order("1") == first);
    CHECK(order("2") != first);
  }
}

TEST_CASE("every run has what the kernel counts of it, and some have what slipway tells of its steps and memory") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const json outcome = compared(runner, {"--against", "sh -c 'exit 0'", "--rounds", "1", runner.box(), "true"});
    REQUIRE(outcome.at("runs").size() == 3);
    for (const json& run : outcome.at("runs")) {
      const json& figures = run.at("figures");
      INFO(run.dump());
      for (const char* measure : {"wall", "user", "system", "minor_faults", "voluntary_switches"})
        CHECK(figures.contains(measure));
      CHECK(figures.at("wall") > 0);
      const bool is_slipway = run.at("variant") != 1;
      for (const char* measure : {"span.plan", "phase.mount", "stage.rootfs", "plugin.fs-overlay",
                                  "step.mount.overlay.fs-overlay", "memory.supervisor"})
        CHECK(figures.contains(measure) == is_slipway);
    }
  }
}

TEST_CASE("what the program prints is measured: its first byte, when it is ready, and figures of its own") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const json outcome =
        compared(runner, {"--values", "--ready", "listening", "--measure", "value.rate,first_output,ready", "--rounds",
                          "1", runner.box(), "sh", "-c", "echo begun; echo rate=4.5; echo word=x; echo listening"});
    for (const json& run : outcome.at("runs")) {
      const json& figures = run.at("figures");
      CHECK(figures.at("value.rate") == 4.5);
      CHECK_FALSE(figures.contains("value.word"));
      CHECK(figures.at("first_output") > 0);
      CHECK(figures.at("ready") >= figures.at("first_output"));
    }
  }
}

TEST_CASE(
    "states of the caches and runs at once are factors; what cannot be dropped is said, and nothing of it stays") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const json outcome = compared(runner, {"--cache", "cold,warm", "--parallel", "1,2", "--rounds", "1", "--details",
                                           "none", runner.box(), "true"});
    CHECK(names_of(outcome).size() == 5);
    for (const json& run : outcome.at("runs")) {
      INFO(run.dump());
      CHECK_FALSE(run.contains("failure"));
      const std::string name = outcome.at("variants")[run.at("variant").get<std::size_t>()].at("name");
      CHECK(run.at("figures").contains("disk") == contains(name, "treatment=cold"));
    }
    if (!caller.is_root()) CHECK(contains(outcome.at("notes").dump(), "the page cache could not be dropped"));
    for (const auto& entry : std::filesystem::directory_iterator(runner.own(""))) {
      INFO(entry.path());
      CHECK_FALSE(contains(entry.path().filename().string(), ".cold-"));
    }
  }
}

TEST_CASE("the store of a cold comparison that was killed goes with the next one, and no other directory") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const std::string leftover = runner.store() + ".cold-a1b2c3", other = runner.store() + ".cold-kept";
    REQUIRE(run(runner.plain({"mkdir", "-p", leftover + "/layers", other})).shell_status() == 0);
    (void)compared(runner, {"--cache", "cold", "--rounds", "1", "--details", "none", runner.box(), "true"});
    CHECK_FALSE(std::filesystem::exists(leftover));
    CHECK(std::filesystem::exists(other));
  }
}

TEST_CASE("an experiment file says it all, options come on top of it, and the outcome holds it whole") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const json experiment = {{"target", runner.box()},
                             {"command", {"true"}},
                             {"factors", {{"rootfs.upper", {"tmpfs", "disk"}}}},
                             {"variants", {{"bare", {"--set", "harden=[]"}}}},
                             {"against", {{"shell", "sh -c 'exit 0'"}}},
                             {"baseline", "bare"},
                             {"rounds", 9},
                             {"details", "none"},
                             {"seed", 5}};
    const std::string file = runner.put("experiment.json", "// what is compared\n" + experiment.dump());
    const json outcome = compared(runner, {"--rounds", "2", "--experiment", file});
    CHECK(names_of(outcome) == Words{"rootfs.upper=tmpfs", "rootfs.upper=disk", "bare", "shell", "bare (control)"});
    CHECK(outcome.at("runs").size() == 10);
    CHECK(outcome.at("seed") == 5);
    const std::string again = runner.put("again.json", experiment_of(outcome).dump());
    CHECK(order_of(compared(runner, {"--experiment", again})) == order_of(outcome));
  }
}

TEST_CASE("the schema of experiment files is JSON and knows each member that a whole experiment has") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const Outcome schema = runner.slipway({"compare", "--schema"});
    CHECK(schema.shell_status() == 0);
    const json document = json::parse(schema.output);
    const json& properties = document.at("properties");
    const json outcome = compared(runner, {"--vary",
                                           "rootfs=fs-overlay",
                                           "--variant",
                                           "bare=--set harden=[]",
                                           "--against",
                                           "true",
                                           "--baseline",
                                           "bare",
                                           "--rounds",
                                           "1",
                                           "--details",
                                           "none",
                                           "--time",
                                           "1h",
                                           "--precision",
                                           "1%",
                                           "--values",
                                           "--ready",
                                           "x",
                                           "--differ",
                                           "status,output",
                                           runner.box(),
                                           "true"});
    const json experiment = experiment_of(outcome);
    for (const auto& [name, value] : experiment.items()) {
      INFO(name);
      CHECK(properties.contains(name));
    }
  }
}

}  // namespace slipway::tests
