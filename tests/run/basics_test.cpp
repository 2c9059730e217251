// A run as the outside sees it: which program, its streams, its status.
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

Words with_box(Runner& runner, Words words) {
  words.insert(words.begin(), runner.box());
  return words;
}

TEST_CASE("without a command the image's own runs") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Outcome outcome = runner.run({runner.box()});
      CHECK(outcome.output == "the image's own command\n");
      CHECK(outcome.errors == "");
      CHECK(outcome.shell_status() == 0);
    }
  }
}

TEST_CASE("a command prints what it prints and nothing else") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Outcome outcome = runner.run({runner.box(), "sh", "-c", "echo hello"});
      CHECK(outcome.output == "hello\n");
      CHECK(outcome.errors == "");
      CHECK(outcome.shell_status() == 0);
    }
  }
}

TEST_CASE("the words behind the target are the command's, whatever they look like") {
  struct Row {
    const char* name;
    Words words;
    std::string output;
  };
  const std::vector<Row> rows = {
      {"dashes", {"echo", "-e", "--store", "-v", "--help"}, "--store -v --help\n"},
      {"one -- directly after the target is dropped", {"--", "echo", "a"}, "a\n"},
      {"a second -- is the program's", {"--", "echo", "--", "a"}, "-- a\n"},
      {"a later -- stays", {"echo", "--", "a"}, "-- a\n"},
      {"empty words and blanks", {"sh", "-c", "echo \"$#:$1:$2\"", "sh", "", "a  b"}, "2::a  b\n"},
      {"bytes that are no UTF-8", {"echo", "\xff\xfe"}, "\xff\xfe\n"},
      {"a script with a #! line", {"greet", "you"}, "greet:you\n"},
      {"an absolute path", {"/bin/echo", "a"}, "a\n"},
      {"a relative path, from the working directory", {"bin/echo", "a"}, "a\n"},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        Runner& runner = shared(caller);
        const Outcome outcome = runner.run(with_box(runner, row.words));
        CHECK(outcome.output == row.output);
        CHECK(outcome.errors == "");
        CHECK(outcome.shell_status() == 0);
      }
    }
  }
}

TEST_CASE("the program's exit status is slipway's") {
  for (const Caller& caller : callers()) {
    for (const int status : {0, 3, 125, 255}) {
      DYNAMIC_SECTION(caller.name << ": " << status) {
        Runner& runner = shared(caller);
        const Outcome outcome = runner.run({runner.box(), "probe", "exit", std::to_string(status)});
        CHECK(outcome.shell_status() == status);
        CHECK(outcome.output + outcome.errors == "");
      }
    }
  }
}

TEST_CASE("a program that a signal kills gives 128 and the signal's number") {
  const std::string own_pids = R"(isolation.namespaces=["mount","ipc","uts","net","cgroup"])";
  struct Row {
    const char* name;
    Words words;
    int status;
  };
  // The first program of a pid namespace gets no signal from inside that it does not handle, but for its own faults.
  const std::vector<Row> rows = {
      {"a fault of PID 1", {"BOX", "probe", "crash"}, 139},
      {"a child of PID 1", {"BOX", "sh", "-c", "sh -c 'kill -TERM $$'; exit $?"}, 143},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        Runner& runner = shared(caller);
        Words words = row.words;
        words[0] = runner.box();
        const Outcome outcome = runner.run(words);
        INFO(to_text(outcome));
        CHECK(outcome.signal == 0);
        CHECK(outcome.status == row.status);
      }
    }
    // As root alone: a user's new /proc needs a pid namespace of its own.
    if (!caller.is_root()) continue;
    DYNAMIC_SECTION(caller.name << ": in the host's pid namespace") {
      Runner& runner = shared(caller);
      for (const auto& [name, status] : {std::pair{"TERM", 143}, std::pair{"KILL", 137}, std::pair{"USR1", 138}}) {
        const std::string script = "kill -" + std::string(name) + " $$";
        const Outcome outcome = runner.run({"--set", own_pids, runner.box(), "sh", "-c", script});
        INFO(name << "\n" << to_text(outcome));
        CHECK(outcome.status == status);
      }
    }
  }
}

TEST_CASE("slipway's own failures give 125, one message and nothing on standard output") {
  struct Row {
    const char* name;
    Words words;  // BOX is the image
    const char* says;
  };
  const std::vector<Row> rows = {
      {"an unknown user", {"-u", "nobody-here", "BOX", "id"}, "nobody-here"},
      {"an unknown group", {"-u", "app:nogroup-here", "BOX", "id"}, "nogroup-here"},
      {"an unknown option", {"--hostnme", "x", "BOX"}, "did you mean --hostname?"},
      {"an option without its value", {"--hostname"}, "--hostname"},
      {"no target", {}, "run needs a target"},
      {"a missing file", {"/no/such/image.tar"}, "/no/such/image.tar"},
      {"the host's own root", {"/"}, "is the host's own root"},
      {"an unknown plugin", {"--use", "rootfs=fs-overly", "BOX"}, "did you mean"},
      {"a wrong value", {"--set", "rootfs.upper=dsk", "BOX"}, "did you mean"},
      {"a working directory that is a file", {"-w", "/etc/passwd", "BOX", "true"}, "/etc/passwd"},
      {"a relative working directory", {"-w", "opt", "BOX", "true"}, "workdir"},
      {"a variable without a name", {"-e", "=x", "BOX", "true"}, "=x"},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        Runner& runner = shared(caller);
        Words words = row.words;
        for (std::string& word : words) word = word == "BOX" ? runner.box() : word;
        const Outcome outcome = runner.run(words);
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == 125);
        CHECK(outcome.output == "");
        CHECK_THAT(outcome.errors, Catch::StartsWith("slipway: ") && Catch::Contains(row.says));
      }
    }
  }
}

TEST_CASE("standard input reaches the program through a pipe") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      std::string text;
      for (int i = 0; i < 20000; ++i) text += "line " + std::to_string(i) + "\n";  // more than a pipe holds
      Command command = runner.command({"run", runner.box(), "cat"});
      command.input = text;
      const Outcome outcome = run(command);
      CHECK((outcome.output == text));
      CHECK(outcome.errors == "");
      CHECK(outcome.shell_status() == 0);
      CHECK(runner.leftovers() == "");
    }
  }
}

TEST_CASE("standard output and standard error stay apart") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Outcome outcome = runner.run({runner.box(), "sh", "-c", "echo out; echo err >&2; echo out"});
      CHECK(outcome.output == "out\nout\n");
      CHECK(outcome.errors == "err\n");
    }
  }
}

TEST_CASE("a run ends when the reader of its output has gone") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      Command command = runner.command({"run", runner.box(), "sh", "-c", "while echo y; do :; done"});
      const Words words = command.arguments;
      command.arguments = {"sh", "-c", "\"$@\" | head -n 1", "sh"};
      command.arguments.insert(command.arguments.end(), words.begin(), words.end());
      const Outcome outcome = run(command);
      CHECK_FALSE(outcome.timed_out);
      CHECK(outcome.output == "y\n");
      CHECK(runner.leftovers() == "");
    }
  }
}

TEST_CASE("no descriptor but 0, 1 and 2 is open inside, whatever the caller leaks") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      Command command = runner.command({"run", runner.box(), "probe", "descriptors"});
      const Words words = command.arguments;
      command.arguments = {"bash", "-c", "exec 5</etc/passwd 77>/dev/null 200</; exec \"$@\"", "bash"};
      command.arguments.insert(command.arguments.end(), words.begin(), words.end());
      const Outcome outcome = run(command);
      CHECK(outcome.output == "0\n1\n2\n");
      CHECK(outcome.errors == "");
    }
  }
}

TEST_CASE("a program that ignores TERM is killed by the third within two seconds") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      Program program(runner.command({"run", runner.box(), "sh", "-c",
                                      "trap 'echo got' TERM; echo ready; while :; do sleep 100 & wait $!; done"}));
      REQUIRE(program.wait_for_output("ready"));
      program.signal(SIGTERM);
      CHECK(program.wait_for_output("got"));  // the first is passed on
      program.signal(SIGTERM);
      CHECK(program.wait_for_output("got\ngot"));
      program.signal(SIGTERM);
      const Outcome outcome = program.wait();
      CHECK(outcome.shell_status() == 137);
      CHECK(runner.leftovers() == "");
    }
  }
}

}  // namespace
}  // namespace slipway::tests
