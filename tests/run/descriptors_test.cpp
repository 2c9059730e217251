// Open descriptors of the caller's that are passed on to the program, and no others.
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>

#include "tests/run/harness.hpp"
#include "tests/support/process_state.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

// bash opens `redirections` and becomes slipway.
Command with_open(const Runner& runner, const Words& words, const std::string& redirections) {
  Command command = runner.command(words);
  const Words all = command.arguments;
  command.arguments = {"bash", "-c", "exec \"$@\" " + redirections, "bash"};
  command.arguments.insert(command.arguments.end(), all.begin(), all.end());
  return command;
}

TEST_CASE("descriptors that are passed on are the program's, and no others are") {
  struct Row {
    const char* name;
    Words options;
    std::string redirections, script, output;
  };
  const std::string tells = "/bin/probe descriptors | tr '\\n' ' '";
  const std::string open = "3< <(echo three) 4< <(echo four) 7< <(echo seven)";
  const std::vector<Row> rows = {
      {"none", {}, open, tells, "0 1 2 "},
      {"one", {"--preserve-fds", "1"}, open, "cat <&3; " + tells, "three\n0 1 2 3 "},
      {"two", {"--preserve-fds", "2"}, open, "cat <&4; cat <&3; " + tells, "four\nthree\n0 1 2 3 4 "},
      {"with an init", {"--init", "--preserve-fds", "2"}, open, "cat <&4; " + tells, "four\n0 1 2 3 4 "},
      {"with a terminal", {"--tty", "yes", "--preserve-fds", "1"}, open, "cat <&3; " + tells, "three\r\n0 1 2 3 "},
      {"with a terminal and an init",
       {"--tty", "yes", "--init", "--preserve-fds", "1"},
       open,
       "cat <&3; " + tells,
       "three\r\n0 1 2 3 "},
      {"in the pipeline", {"--set", "exec.preserve_fds=1"}, open, "cat <&3; " + tells, "three\n0 1 2 3 "},
      {"in namespaces that are made late",
       {"--set", R"(isolation.namespaces=["mount","pid","net","uts"])", "--preserve-fds", "1"},
       open,
       "cat <&3; " + tells,
       "three\n0 1 2 3 "},
      {"another user's", {"-u", "app", "--preserve-fds", "1"}, open, "cat <&3; " + tells, "three\n0 1 2 3 "},
      {"LISTEN_PID where there is LISTEN_FDS",
       {"--preserve-fds", "1", "-e", "LISTEN_FDS=1", "-e", "LISTEN_PID=4711"},
       open,
       "echo $LISTEN_FDS $LISTEN_PID $$",
       "1 1 1\n"},
      {"with an init, too",
       {"--init", "--preserve-fds", "1", "-e", "LISTEN_FDS=1"},
       open,
       "echo $LISTEN_PID $$",
       "2 2\n"},
      {"and nowhere else", {"--preserve-fds", "1"}, open, "echo ${LISTEN_PID-unset}", "unset\n"},
      {"nor without descriptors", {"-e", "LISTEN_FDS=1"}, open, "echo ${LISTEN_PID-unset}", "unset\n"},
  };
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    for (const Row& row : rows) {
      if (caller.is_single() && row.options.size() > 1 && row.options[0] == "-u") continue;
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        // Without a record of the start, and from one.
        for (const bool warm : {false, true}) {
          Words words = {"run"};
          if (!warm) words.insert(words.end(), {"--no-record", "starts"});
          words.insert(words.end(), row.options.begin(), row.options.end());
          words.insert(words.end(), {runner.box(), "sh", "-c", row.script});
          const Outcome outcome = run(with_open(runner, words, row.redirections));
          INFO(to_text(outcome));
          CHECK(outcome.output == row.output);
          CHECK(outcome.errors == "");
          CHECK(runner.leftovers() == "");
        }
      }
    }
  }
}

TEST_CASE("slipway holds nothing open of what it passes on") {
  for (const Caller& caller : callers()) {
    for (const Words& options : {Words{}, Words{"--init"}}) {
      DYNAMIC_SECTION(caller.name << ": " << options.size()) {
        Runner& runner = shared(caller);
        Words words = {"run", "--preserve-fds", "1"};
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), {runner.box(), "sh", "-c",
                                   "trap 'exit 0' TERM; exec 3>&-; while :; do sleep 1000 & wait $!; done"});
        Command command = runner.command(words);
        const Words all = command.arguments;
        command.arguments = {"bash", "-c", "\"$@\" 3>&1 >/dev/null 2>&1 | { cat; echo its end has come; }", "bash"};
        command.arguments.insert(command.arguments.end(), all.begin(), all.end());
        command.limit = std::chrono::seconds(20);
        Program program(command);
        CHECK(program.wait_for_output("its end has come"));
        // Its writer was the last to hold it, and lives on.
        for (const pid_t slipway : descendants_named("slipway")) ::kill(slipway, SIGTERM);
        CHECK(program.wait().shell_status() == 0);
        CHECK(runner.leftovers() == "");
      }
    }
  }
}

TEST_CASE("a descriptor that is to be passed on and is not open is named before anything is done") {
  struct Row {
    const char* count;
    std::string redirections, part;
  };
  const std::vector<Row> rows = {
      {"1", "3<&-", "pass on the descriptors 3 to 3: slipway was started without descriptor: 3"},
      {"2", "3</dev/null 4<&-", "without descriptor: 4"},
      {"40", "3</dev/null", "without descriptor: 4"},
      {"1024", "3</dev/null", "without descriptor: 4"},
      {"1025", "3</dev/null", "/exec/preserve_fds"},
      {"-1", "3</dev/null", "/exec/preserve_fds"},
      {"one", "3</dev/null", "/exec/preserve_fds"},
      {"99999999999999999999", "3</dev/null", "/exec/preserve_fds"},
  };
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.count << " " << row.redirections) {
        for (int round = 0; round < 2; ++round) {
          const Outcome outcome =
              run(with_open(runner, {"run", "--preserve-fds", row.count, runner.box(), "true"}, row.redirections));
          INFO(to_text(outcome));
          CHECK(outcome.shell_status() == 125);
          CHECK(outcome.output == "");
          CHECK_THAT(outcome.errors, Catch::Contains(row.part));
          CHECK(lines_of(outcome.errors).size() <= 2);
          CHECK(runner.leftovers() == "");
        }
      }
    }
  }
}

}  // namespace
}  // namespace slipway::tests
