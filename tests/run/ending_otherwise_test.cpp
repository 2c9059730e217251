// How slipway itself ends a container whose terminal goes, that waits, or that is told to end once more.
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>

#include "tests/run/ending_runs.hpp"
#include "tests/support/process_state.hpp"
#include "tests/support/pseudo_terminal.hpp"

namespace slipway::tests {

TEST_CASE(
    "a terminal that hangs up is told as HUP, and where the container is to end with it, by its stop signal alone") {
  struct Row {
    const char* name;
    Words options;
    std::string got;
  };
  const std::vector<Row> rows = {
      {"passed on", {"--tty", "no"}, "HUP\n"},
      {"the terminal goes", {"--tty", "no", "--end-with", "terminal"}, "TERM\n"},
      {"from the container's own", {"--end-with", "terminal"}, "TERM\n"},
      {"with an init", {"--init", "--end-with", "terminal", "--end-with", "parent"}, "TERM\n"},
      {"another signal", {"--tty", "no", "--set", R"(exec.end_with=["terminal"])", "--stop-signal", "INT"}, "INT\n"},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        Runner& runner = shared(caller);
        const Place place(runner);
        auto terminal = std::make_unique<PseudoTerminal>();
        if (caller.user) terminal->own_by(caller.user->uid);
        Command command = runner.command(run_words(place, row.options, runner.box(), noting_script()));
        command.terminal = terminal->end_of_programs();
        Program program(command);
        REQUIRE(terminal->becomes([&] { return place.is_ready(); }));
        terminal.reset();
        REQUIRE(eventually([&] { return place.got() != ""; }));
        if (row.got == "HUP\n") program.signal(SIGTERM);
        CHECK(program.wait().shell_status() == 7);
        CHECK(place.got() == (row.got == "HUP\n" ? "HUP\nTERM\n" : row.got));
        CHECK(runner.leftovers() == "");
      }
    }
  }
}

TEST_CASE("while a container has its time to end, a third INT or TERM kills it") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Place place(runner);
      Program parent(under_parent(
          runner,
          run_words(place, {"--end-with", "parent", "--stop-signal", "USR2", "--stop-timeout", "86400"}, runner.box(),
                    "trap 'echo USR2 >> /out/got' USR2; echo > /out/ready; while :; do sleep 1000 & wait $!; done"),
          kStarts));
      REQUIRE(eventually([&] { return place.is_ready(); }));
      const pid_t slipway = slipway_process();
      parent.signal(SIGKILL);
      (void)parent.wait();
      REQUIRE(eventually([&] { return place.got() == "USR2\n"; }));
      CHECK(send_three(slipway, SIGTERM));
      CHECK(eventually([&] { return runner.leftovers() == ""; }));
    }
  }
}

TEST_CASE("a container that is to end with its parent ends while it waits for its variables") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Place place(runner);
      const std::string pipe = runner.own("variables");
      REQUIRE(run(runner.plain({"sh", "-c", "rm -f $0; mkfifo $0", pipe})).shell_status() == 0);
      REQUIRE(runner.run({runner.box(), "true"}).shell_status() == 0);
      Program parent(under_parent(
          runner, run_words(place, {"--env-file", pipe, "--end-with", "parent"}, runner.box(), "true"), kStarts));
      // Who writes waits until somebody reads; nothing is written.
      Program writer(runner.plain({"sh", "-c", "exec 3>$0; echo open; exec sleep 1000", pipe}));
      REQUIRE(writer.wait_for_output("open"));
      parent.signal(SIGKILL);
      CHECK(parent.wait().signal == SIGKILL);
      CHECK(eventually([&] { return slipway_process() == 0; }));
      writer.signal(SIGKILL);
      (void)writer.wait();
    }
  }
}

TEST_CASE("an image's stop signal that there is not is TERM, with a warning") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string image = image_with(runner, "SIGTREM");
      const Outcome outcome = runner.run({image, "echo", "runs"});
      CHECK(outcome.output == "runs\n");
      CHECK_THAT(outcome.errors, Catch::Contains("warning: ") &&
                                     Catch::Contains("stop signal is \"SIGTREM\", which there is not: TERM is taken"));
    }
  }
}

}  // namespace slipway::tests
