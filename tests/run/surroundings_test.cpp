// What the caller of slipway may have left closed, ignored or full.
#include <catch2/catch.hpp>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

// Puts the words of another program, which then starts slipway, before a command.
Command by(Command command, const Words& launcher) {
  command.arguments.insert(command.arguments.begin(), launcher.begin(), launcher.end());
  return command;
}

TEST_CASE("standard streams that are closed stay so, and are never taken for something else") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    for (const std::string closed : {"<&-", ">&-", "2>&-", "<&- >&-", ">&- 2>&-", "<&- 2>&-", "<&- >&- 2>&-"}) {
      DYNAMIC_SECTION(caller.name << ": " << closed) {
        const Words launcher = {"sh", "-c", "exec \"$@\" " + closed, "sh"};
        CHECK(run(by(runner.command({"run", runner.box(), "sh", "-c", "exit 7"}), launcher)).shell_status() == 7);
        const std::string worker = runner.own("store-of-" + std::to_string(closed.size()) + closed.substr(0, 1));
        Command cold = runner.command({"run", runner.box(), "sh", "-c", "exit 8"});
        *std::find(cold.arguments.begin(), cold.arguments.end(), runner.store()) = worker;
        CHECK(run(by(cold, launcher)).shell_status() == 8);
      }
    }
    DYNAMIC_SECTION(caller.name << ": what is printed to a closed stream is an error, as anywhere else") {
      Outcome outcome = run(by(runner.command({"plan", runner.box()}), {"sh", "-c", "exec \"$@\" >&-", "sh"}));
      CHECK(outcome.shell_status() == 1);
      CHECK(outcome.errors == "slipway: error: write to standard output: Bad file descriptor\n");
      outcome = run(by(runner.command({"run", runner.box(), "echo", "x"}), {"sh", "-c", "exec \"$@\" >&-", "sh"}));
      CHECK(outcome.shell_status() == 1);
      CHECK_THAT(outcome.errors, Catch::Contains("Bad file descriptor"));
    }
  }
}

TEST_CASE("an ignored SIGCHLD of the caller's costs nobody a status") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Words ignoring = {"env", "--ignore-signal=CHLD"};
      const Outcome outcome = run(by(runner.command({"run", runner.box(), "sh", "-c", "(exit 6); exit $?"}), ignoring));
      CHECK(outcome.errors == "");
      CHECK(outcome.shell_status() == 6);
      // A run that fails tells why, and what a run wrote to disk is removed.
      const Outcome failing =
          run(by(runner.command({"run", "--set", "rootfs.upper=disk", runner.box(), "nothing"}), ignoring));
      CHECK(failing.shell_status() == 127);
      CHECK(lines_of(failing.errors).size() == 2);
      CHECK(runner.leftovers() == "");
    }
  }
}

TEST_CASE("what cannot be printed is an error") {
  const Caller& caller = callers().front();
  Runner& runner = shared(caller);
  const std::vector<Words> commands = {{"plan", runner.box()}, {"plan", "--json", runner.box()},
                                       {"plugin", "list"},     {"plugin", "info", "fs-overlay"},
                                       {"--version"},          {"--help"}};
  for (const Words& words : commands) {
    INFO(words.front() << " " << words.back());
    const Outcome outcome = run(by(runner.command(words), {"sh", "-c", "exec \"$@\" >/dev/full", "sh"}));
    CHECK(outcome.shell_status() == 1);
    CHECK(outcome.errors == "slipway: error: write to standard output: No space left on device\n");
  }
}

}  // namespace
}  // namespace slipway::tests
