// The same result first, and failures that are counted.
#include "tests/compare/comparing.hpp"

namespace slipway::tests {
namespace {

/// A command line for --against that runs a shell's script.
std::string shell(const std::string& script) { return "sh -c '" + script + "'"; }

std::string not_comparable(const json& outcome, std::size_t variant) {
  return outcome.at("variants")[variant].value("not_comparable", "");
}

std::size_t runs_of(const json& outcome, int variant) {
  std::size_t runs = 0;
  for (const json& run : outcome.at("runs")) runs += run.at("variant") == variant ? 1U : 0U;
  return runs;
}

}  // namespace

TEST_CASE(
    "a variant of another result is called not comparable with the difference, is not measured, and others go on") {
  struct Row {
    const char* about;
    std::string other;
    const char* told;
  };
  const std::vector<Row> rows = {
      {"another line", shell("echo one; echo deux"), R"(its output differs in line 2: "deux" instead of "two")"},
      {"a line less", shell("echo one"), R"(its output differs in line 2: the end instead of "two")"},
      {"another status", shell("echo one; echo two; echo why >&2; exit 3"), "it ends with 3 instead of 0: why"},
      {"no program", "/no/such/program", "start: /no/such/program: No such file or directory"},
  };
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.about) {
        const json outcome = compared(runner,
                                      {"--against", row.other, "--rounds", "2", "--details", "none", runner.box(), "sh",
                                       "-c", "echo one; echo two"},
                                      1);
        CHECK(not_comparable(outcome, 1) == row.told);
        CHECK(runs_of(outcome, 1) == 0);
        CHECK(runs_of(outcome, 0) == 2);
        CHECK(runs_of(outcome, 2) == 2);
      }
    }
  }
}

TEST_CASE("the table says what is not comparable, and why") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const Outcome outcome =
        compare(runner, {"--against", "false", "--rounds", "1", "--details", "none", runner.box(), "true"});
    INFO(to_text(outcome));
    CHECK(outcome.shell_status() == 1);
    CHECK(contains(outcome.output, "false: not comparable: it ends with 1 instead of 0"));
  }
}

TEST_CASE("a variant whose container has another tree is not comparable, unless trees may differ") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    ImageSpec image = box_image();
    image.layers.push_back({make_tar({file("etc/more", "of it\n", 0644)})});
    const std::string other =
        "other=--set image.source=" + runner.put("other.tar", docker_save({image}, Layout::docker25));
    const json outcome =
        compared(runner, {"--variant", other, "--rounds", "1", "--details", "none", runner.box(), "true"}, 1);
    CHECK(contains(not_comparable(outcome, 1), "its tree differs in line "));
    CHECK(contains(not_comparable(outcome, 1), "/etc/more 6 "));
    CHECK(outcome.at("notes").empty());
    const json alike = compared(
        runner, {"--differ", "tree", "--variant", other, "--rounds", "1", "--details", "none", runner.box(), "true"});
    CHECK(not_comparable(alike, 1) == "");
  }
}

TEST_CASE("what the experiment declares to differ may differ") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const json outcome = compared(runner, {"--differ", "output,status", "--against", shell("echo other; exit 3"),
                                           "--rounds", "2", "--details", "none", runner.box(), "echo", "one"});
    CHECK(not_comparable(outcome, 1) == "");
    for (const json& run : outcome.at("runs")) CHECK_FALSE(run.contains("failure"));
    CHECK(runs_of(outcome, 1) == 2);
  }
}

TEST_CASE("another exit status than 0 is right where it is declared") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const json outcome =
        compared(runner, {"--status", "3", "--rounds", "1", "--details", "none", runner.box(), "sh", "-c", "exit 3"});
    CHECK(outcome.at("runs")[0].at("status") == 3);
  }
}

TEST_CASE(
    "runs that fail now and then are counted, with the first reason, and the pairs they leave are figures still") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const std::string count = runner.own("count");
    // Fine at first, then every other time.
    const std::string flaky = "n=$(cat " + count + " 2>/dev/null || echo 0); echo $((n + 1)) > " + count +
                              "; [ $((n % 2)) = 0 ] || { echo worn out >&2; exit 4; }";
    const Outcome table =
        compare(runner, {"--against", shell(flaky), "--rounds", "4", "--details", "none", runner.box(), "true"});
    INFO(to_text(table));
    CHECK(table.shell_status() == 0);
    CHECK(contains(table.output,
                   "sh: 2 of 4 runs failed; the first one in block 1: it ends with 4 instead of 0: worn out"));
  }
}

TEST_CASE("a variant that fails in every measured run is told as that, and the others are compared") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const std::string flag = runner.own("was-here");
    const std::string once = "[ ! -e " + flag + " ] && : > " + flag;
    const json outcome =
        compared(runner, {"--against", shell(once), "--rounds", "3", "--details", "none", runner.box(), "true"}, 1);
    std::size_t failed = 0;
    for (const json& run : outcome.at("runs")) failed += run.contains("failure") ? 1U : 0U;
    CHECK(failed == 3);
    CHECK(outcome.at("ended") == "rounds");
  }
}

TEST_CASE("a run that takes longer than it may is ended, with all that it started") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const std::string number = runner.own("number");
    const std::string slow = "sleep 1000 & echo $! > " + number + "; sleep 1000";
    const json outcome = compared(
        runner,
        {"--timeout", "15s", "--against", shell(slow), "--rounds", "1", "--details", "none", runner.box(), "true"}, 1);
    CHECK(not_comparable(outcome, 1) == "it did not end within its time");
    // What nobody has waited for yet is dead all the same.
    const std::string gone = "i=0; pid=$(cat " + number +
                             "); while grep -q '^State:.[^Z]' /proc/$pid/status 2>/dev/null && [ $i -lt 600 ]; do "
                             "i=$((i + 1)); sleep 0.05; done; [ $i -lt 600 ]";
    CHECK(run(runner.plain({"sh", "-c", gone})).shell_status() == 0);
  }
}

TEST_CASE("a baseline that fails is an error before any other run") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const std::string flag = runner.own("was-run");
    const Outcome outcome =
        compare(runner, {"--against", "touch " + flag, "--rounds", "1", runner.box(), "sh", "-c", "exit 9"});
    INFO(to_text(outcome));
    CHECK(outcome.shell_status() == 1);
    CHECK(outcome.output == "");
    CHECK(contains(outcome.errors,
                   "the baseline fails, so nothing can be compared with it: pipeline: it ends with 9 instead of 0"));
    CHECK(contains(outcome.errors, "--status N"));
    CHECK(run(runner.plain({"test", "-e", flag})).shell_status() != 0);
  }
}

}  // namespace slipway::tests
