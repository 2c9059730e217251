// A run on a terminal: what the program has there, and what the user keeps.
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/run/seat.hpp"

namespace slipway::tests {
namespace {

TEST_CASE("on a terminal the program has one of the container's own, with the user's size, keys and TERM") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Seat seat(caller);
      seat.terminal().resize(31, 97);
      seat.run({"sh", "-c", "tty; stty size; ls -1 /dev/pts; echo $TERM; echo con >/dev/console"});
      CHECK(seat.end() == 0);
      const std::string& screen = seat.terminal().screen();
      CHECK(screen == "/dev/pts/0\r\n31 97\r\n0\r\nptmx\r\nvt220\r\ncon\r\n");
    }
  }
}

TEST_CASE("the program's user may open its terminal by every name that it has") {
  for (const Caller& caller : callers()) {
    if (caller.is_single()) continue;  // has no other user
    for (const Words& options : {Words{}, Words{"--init"}}) {
      DYNAMIC_SECTION(caller.name << ": " << options.size()) {
        Seat seat(caller);
        Words words = {"-u", "app"};
        words.insert(words.end(), options.begin(), options.end());
        seat.run(words,
                 {"sh", "-c",
                  "id -un; for at in /dev/stdout /dev/stderr /dev/tty /dev/pts/0 /dev/console; do echo $at > $at; "
                  "done"});
        CHECK(seat.end() == 0);
        CHECK(seat.terminal().screen() ==
              "app\r\n/dev/stdout\r\n/dev/stderr\r\n/dev/tty\r\n/dev/pts/0\r\n/dev/console\r\n");
      }
    }
  }
}

TEST_CASE("keys go to the program as they are typed, and the user's terminal echoes nothing twice") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Seat seat(caller);
      seat.run({"sh", "-c", "stty -icanon -echo -isig; echo up; dd bs=1 count=4 2>/dev/null | od -An -tx1"});
      REQUIRE(seat.terminal().shows("up\r\n"));
      REQUIRE(seat.terminal().is_raw());
      seat.terminal().type("\x03\x1a\x1cq");
      CHECK(seat.terminal().shows(" 03 1a 1c 71"));
      CHECK(seat.end() == 0);
      CHECK(seat.terminal().screen() == "up\r\n 03 1a 1c 71\r\n");
    }
  }
}

TEST_CASE("a line typed is shown once, and the end-of-file key ends the input") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Seat seat(caller);
      seat.run({"cat"});
      REQUIRE(seat.terminal().becomes([&] { return seat.terminal().is_raw(); }));
      seat.terminal().type("abc\r");
      CHECK(seat.terminal().shows("abc\r\nabc\r\n"));
      seat.terminal().type("\x04");
      CHECK(seat.end() == 0);
      CHECK(seat.terminal().screen() == "abc\r\nabc\r\n");
    }
  }
}

TEST_CASE("all that the program has written is shown before the run ends") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Seat seat(caller);
      seat.run({"sh", "-c", "seq 1 30000; printf end"});
      CHECK(seat.terminal().shows("\r\n29999\r\n30000\r\nend"));
      CHECK(seat.end() == 0);
      CHECK(seat.terminal().screen().size() == 168894 + 30000 + 3);
    }
  }
}

TEST_CASE("the terminal is as it was after every end of a run") {
  struct Row {
    const char* name;
    Words options, command;
    int status;
    const char* says;
  };
  const std::vector<Row> rows = {
      {"a normal end", {}, {"sh", "-c", "exit 3"}, 3, ""},
      {"a crash", {}, {"probe", "crash"}, 139, ""},
      {"a program that leaves its own terminal in a mess", {}, {"sh", "-c", "stty raw -echo"}, 0, ""},
      {"no such program", {}, {"nothing"}, 127, "no directory of PATH in the container has it"},
      {"a step that fails", {"--fault", "EIO@workdir"}, {"true"}, 125, "made to fail"},
      {"an init's program that crashes", {"--init"}, {"probe", "crash"}, 139, ""},
      {"a plan without devpts", {"--set", "pseudo=[]"}, {"true"}, 125, "with --tty no"},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        Seat seat(caller);
        seat.run(row.options, row.command);
        CHECK(seat.end() == row.status);
        CHECK_THAT(seat.terminal().screen(), Catch::Contains(row.says));
      }
    }
  }
}

TEST_CASE("the terminal is usable, and says why it is, when slipway is killed") {
  for (const Caller& caller : callers()) {
    for (const int signal : {SIGKILL, SIGSEGV, SIGABRT}) {
      DYNAMIC_SECTION(caller.name << ": signal " << signal) {
        Seat seat(caller);
        seat.run({"sh", "-c", "echo up; sleep 1000"});
        REQUIRE(seat.terminal().shows("up\r\n"));
        REQUIRE(seat.terminal().is_raw());
        seat.program().signal(signal);
        CHECK(seat.terminal().shows("slipway: error: the run was killed; the terminal's modes are as they were"));
        CHECK(seat.is_as_before());
        CHECK(seat.program().wait().signal == signal);
        CHECK(eventually([] { return descendants_named("slipway").empty() && descendants_named("sleep").empty(); }));
        // The next run takes back what the killed one left.
        CHECK(seat.runner().run({seat.runner().box(), "true"}).shell_status() == 0);
      }
    }
  }
}

TEST_CASE("the program hears of another size of the window") {
  for (const Caller& caller : callers()) {
    for (const Words& options : {Words{}, Words{"--init"}}) {
      DYNAMIC_SECTION(caller.name << ": " << options.size()) {
        Seat seat(caller);
        seat.run(options, {"sh", "-c", "trap 'stty size; exit 9' WINCH; stty size; while :; do sleep 0.01; done"});
        REQUIRE(seat.terminal().shows("24 80\r\n"));
        seat.terminal().resize(50, 120);
        CHECK(seat.terminal().shows("50 120\r\n"));
        CHECK(seat.end() == 9);
      }
    }
  }
}

TEST_CASE("where one stream is no terminal all are passed as they are") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Seat seat(caller);
      PseudoTerminal& terminal = seat.terminal();
      seat.shell("dash");
      REQUIRE(terminal.shows("ready> "));
      terminal.type(seat.line({}, "test -t 0 && test -t 2 && ! test -t 1 && echo o\"\"ne") + "| od -An -c\r");
      CHECK(terminal.shows("   o   n   e  \\n\r\n"));
      terminal.type(seat.line({"--tty", "no"}, "tty >/dev/null || echo no\"\"ne; exit 5") + "; echo $?\r");
      CHECK(terminal.shows("5\r\n"));
      terminal.type("exit\r");
      (void)seat.end();
    }
  }
}

std::string lines_of_text(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "a line\n";
  return text;
}

TEST_CASE("with --tty yes the program has a terminal whatever the streams are") {
  struct Row {
    const char* name;
    std::optional<std::string> input;
    std::string script, output;
  };
  const std::vector<Row> rows = {
      {"no input", std::nullopt, "tty; cat; echo err >&2", "/dev/pts/0\r\nerr\r\n"},
      {"lines", "one\ntwo\n", "cat", "one\r\ntwo\r\n"},
      {"a line that is not ended", "one\ntw", "cat", "one\r\ntw"},
      {"more than a terminal holds", lines_of_text(20'000), "wc -l", "20000\r\n"},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        Runner& runner = shared(caller);
        Command command = runner.command({"run", "--tty", "yes", runner.box(), "sh", "-c", row.script});
        command.input = row.input;
        const Outcome outcome = run(command);
        INFO(to_text(outcome));
        CHECK(outcome.output == row.output);
        CHECK(outcome.errors == "");
        CHECK(outcome.shell_status() == 0);
        CHECK(runner.leftovers() == "");
      }
    }
  }
}

TEST_CASE("with --tty yes a reader that goes away is a terminal that is hung up") {
  for (const Caller& caller : callers()) {
    for (const Words& options : {Words{}, Words{"--init"}}) {
      DYNAMIC_SECTION(caller.name << ": " << options.size()) {
        Runner& runner = shared(caller);
        Words words = {"run", "--tty", "yes"};
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), {runner.box(), "sh", "-c", "while echo y; do :; done"});
        Command command = runner.command(words);
        words = command.arguments;
        command.arguments = {"bash", "-c", "\"$@\" | head -n 1; echo ${PIPESTATUS[0]}", "bash"};
        command.arguments.insert(command.arguments.end(), words.begin(), words.end());
        const Outcome outcome = run(command);
        INFO(to_text(outcome));
        CHECK_FALSE(outcome.timed_out);
        CHECK_THAT(outcome.output, Catch::StartsWith("y\r\n"));
        CHECK(runner.leftovers() == "");
      }
    }
  }
}

TEST_CASE("--tty takes yes and no only") {
  Runner& runner = shared(callers().front());
  const Outcome outcome = runner.run({"--tty", "maybe", runner.box()});
  CHECK(outcome.shell_status() == 125);
  CHECK(outcome.errors == "slipway: error: --tty takes yes or no, not: maybe\n");
}

}  // namespace
}  // namespace slipway::tests
