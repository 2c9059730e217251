// A run on a terminal: what the program has there, what the user keeps, and job control on both sides.
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <memory>

#include "tests/run/harness.hpp"
#include "tests/support/process_state.hpp"
#include "tests/support/pseudo_terminal.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

/// A caller at a terminal, and what runs there.
class Seat {
 public:
  explicit Seat(const Caller& caller) : runner_(shared(caller)), before_(terminal_.modes()) {
    if (caller.user) terminal_.own_by(caller.user->uid);
  }

  // A test that failed leaves nothing that disturbs the next.
  ~Seat() {
    for (const std::string& one : descendants()) {
      ::kill(std::stoi(one), SIGCONT);
      ::kill(std::stoi(one), SIGKILL);
    }
  }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  Seat(Seat&&) = delete;
  Seat& operator=(Seat&&) = delete;

  Seat& run(const Words& options, const Words& command) {
    Words words = {"run"};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(runner_.box());
    words.insert(words.end(), command.begin(), command.end());
    return start(runner_.command(words));
  }
  Seat& run(const Words& command) { return run({}, command); }

  /// A shell with job control; its prompt is "ready> ".
  Seat& shell(const std::string& program) {
    Command command = runner_.plain(program == "bash" ? Words{"bash", "--norc", "--noprofile", "--noediting", "-i"}
                                                      : Words{program, "-i"});
    (*command.environment)["PS1"] = "ready> ";
    (*command.environment)["ENV"] = "";
    return start(command);
  }
  /// What a shell is to be told to run the box with these words.
  [[nodiscard]] std::string line(const Words& options, const std::string& script) const {
    Words words = {"run"};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {runner_.box(), "sh", "-c", "'" + script + "'"});
    std::string line;
    for (const std::string& word : runner_.command(words).arguments) line += word + " ";
    return line;
  }

  PseudoTerminal& terminal() { return terminal_; }
  Program& program() { return *program_; }
  Runner& runner() { return runner_; }

  /// The status of what was started; the terminal must be as it was, and nothing left.
  int end() {
    CHECK(terminal_.becomes([&] { return has_ended(); }));
    const Outcome outcome = program_->wait();
    INFO(terminal_.screen());
    CHECK(is_as_before());
    CHECK(runner_.leftovers() == "");
    return outcome.shell_status();
  }
  [[nodiscard]] bool is_as_before() const {
    const termios now = terminal_.modes();
    return now.c_lflag == before_.c_lflag && now.c_iflag == before_.c_iflag && now.c_oflag == before_.c_oflag;
  }

 private:
  Seat& start(Command command) {
    command.terminal = terminal_.end_of_programs();
    (*command.environment)["TERM"] = "vt220";
    program_ = std::make_unique<Program>(command);
    return *this;
  }
  [[nodiscard]] bool has_ended() const {
    siginfo_t info{};
    const auto pid = static_cast<id_t>(program_->pid());
    return ::waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
  }

  Runner& runner_;
  PseudoTerminal terminal_{};
  termios before_;
  std::unique_ptr<Program> program_{};
};

bool all_in_state(const std::string& name, char state) {
  const auto found = descendants_named(name);
  if (found.empty()) return false;
  for (const pid_t pid : found) {
    if ((state_of(pid) == 'T') != (state == 'T')) return false;
  }
  return true;
}

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

TEST_CASE("Ctrl-C inside reaches the foreground program alone") {
  for (const Caller& caller : callers()) {
    for (const Words& options : {Words{}, Words{"--init"}}) {
      DYNAMIC_SECTION(caller.name << ": " << options.size()) {
        Seat seat(caller);
        seat.run(options, {"sh", "-c", "trap 'echo caught; exit 4' INT; echo up; while :; do sleep 1000; done"});
        REQUIRE(seat.terminal().shows("up\r\n"));
        REQUIRE(seat.terminal().becomes([] { return !descendants_named("sleep").empty(); }));
        seat.terminal().type("\x03");
        CHECK(seat.terminal().shows("caught\r\n"));
        CHECK(seat.end() == 4);
      }
    }
  }
}

TEST_CASE("a shell inside has job control") {
  for (const Caller& caller : callers()) {
    for (const Words& options : {Words{}, Words{"--init"}}) {
      DYNAMIC_SECTION(caller.name << ": " << options.size()) {
        Seat seat(caller);
        PseudoTerminal& terminal = seat.terminal();
        seat.run(options, {"sh", "-i"});
        REQUIRE(terminal.shows("# "));
        CHECK_THAT(terminal.screen(), !Catch::Contains("job control"));  // as in "can't access tty; job control …"
        terminal.type("sleep 1000\r");
        REQUIRE(terminal.becomes([] {
          const auto sleeps = descendants_named("sleep");
          return !sleeps.empty() && is_in_foreground(sleeps.front());
        }));
        terminal.type("\x1a");
        REQUIRE(terminal.shows("Stopped"));
        REQUIRE(terminal.shows("# "));
        CHECK(all_in_state("sleep", 'T'));
        terminal.type("bg\r");
        CHECK(terminal.becomes([] { return all_in_state("sleep", 'S'); }));
        terminal.type("fg\r");
        REQUIRE(terminal.becomes([] { return is_in_foreground(descendants_named("sleep").front()); }));
        terminal.type("\x03");
        REQUIRE(terminal.shows("# "));
        CHECK(terminal.becomes([] { return descendants_named("sleep").empty(); }));
        terminal.type("exit 6\r");
        CHECK(seat.end() == 6);
      }
    }
  }
}

TEST_CASE("a run on a terminal that is stopped from outside stands still with the terminal restored, and goes on raw") {
  for (const Caller& caller : callers()) {
    for (const std::string shell : {"bash", "dash"}) {
      DYNAMIC_SECTION(caller.name << ": " << shell) {
        Seat seat(caller);
        PseudoTerminal& terminal = seat.terminal();
        seat.shell(shell);
        REQUIRE(terminal.shows("ready> "));
        const std::string script =
            "trap \"echo redrawn\" WINCH; echo u\"\"p; while :; do read word && echo got-$word; done";
        terminal.type(seat.line({}, script) + "\r");
        REQUIRE(terminal.shows("up\r\n"));
        REQUIRE(terminal.is_raw());
        const pid_t slipway = descendants_named("slipway").front();
        ::kill(slipway, SIGTSTP);
        REQUIRE(terminal.shows("topped"));
        REQUIRE(terminal.shows("ready> "));
        CHECK_FALSE(terminal.is_raw());
        CHECK(all_in_state("sh", 'T'));
        terminal.type("fg\r");
        REQUIRE(terminal.becomes([&] { return terminal.is_raw(); }));
        CHECK(terminal.shows("redrawn\r\n"));
        terminal.type("word\r");
        CHECK(terminal.shows("got-word\r\n"));
        ::kill(slipway, SIGSTOP);  // which it cannot see
        REQUIRE(terminal.shows("topped"));
        terminal.type("fg\n");  // dash leaves the terminal as it is, where the return key is no line break
        REQUIRE(terminal.becomes([&] { return terminal.is_raw() && terminal.foreground() != seat.program().pid(); }));
        terminal.type("again\r");
        CHECK(terminal.shows("got-again\r\n"));
        REQUIRE(send_three(slipway, SIGTERM));
        REQUIRE(terminal.shows("ready> "));
        terminal.type("echo status-$?; exit\r");
        CHECK(terminal.shows("status-137"));
        (void)seat.end();
      }
    }
  }
}

TEST_CASE("a run in the background leaves the terminal to others until it is brought to the foreground") {
  for (const Caller& caller : callers()) {
    for (const std::string shell : {"bash", "dash"}) {
      DYNAMIC_SECTION(caller.name << ": " << shell) {
        Seat seat(caller);
        PseudoTerminal& terminal = seat.terminal();
        seat.shell(shell);
        REQUIRE(terminal.shows("ready> "));
        terminal.type(seat.line({}, "echo u\"\"p; read word; echo got-$word; exit 8") + "&\r");
        REQUIRE(terminal.shows("up\r"));
        CHECK_FALSE(terminal.is_raw());
        terminal.type("echo mi\"\"ne\r");
        CHECK(terminal.shows("mine\r\n"));
        CHECK_FALSE(terminal.is_raw());
        terminal.type("fg\r");
        REQUIRE(terminal.becomes([&] { return terminal.is_raw(); }));
        terminal.type("word\r");
        CHECK(terminal.shows("got-word\r\n"));
        REQUIRE(terminal.shows("ready> "));
        terminal.type("echo status-$?; exit\r");
        CHECK(terminal.shows("status-8"));
        (void)seat.end();
      }
    }
  }
}

TEST_CASE("Ctrl-Z and fg stop and continue a run that has no terminal of its own, its orphans included") {
  const Words in_hosts_pids = {"--set", R"('isolation.namespaces=["mount","ipc","uts","net","cgroup"]')"};
  for (const Caller& caller : callers()) {
    for (const Words& more : {Words{}, Words{"--init"}, in_hosts_pids}) {
      if (more.size() > 1 && !caller.is_root()) continue;  // a user's new /proc needs a pid namespace of its own
      DYNAMIC_SECTION(caller.name << ": " << more.size()) {
        Seat seat(caller);
        PseudoTerminal& terminal = seat.terminal();
        seat.shell("bash");
        REQUIRE(terminal.shows("ready> "));
        Words options = {"--tty", "no"};
        options.insert(options.end(), more.begin(), more.end());
        terminal.type(seat.line(options, "(sleep 1001 &); echo u\"\"p; (sleep 1000; echo); exit 8") + "\r");
        REQUIRE(terminal.shows("up\r\n"));
        REQUIRE(terminal.becomes([] { return descendants_named("sleep").size() == 2; }));
        terminal.type("\x1a");
        REQUIRE(terminal.shows("topped"));
        REQUIRE(terminal.shows("ready> "));
        CHECK(terminal.becomes([] { return all_in_state("sleep", 'T') && all_in_state("sh", 'T'); }));
        terminal.type("fg\r");
        CHECK(terminal.becomes([] { return all_in_state("sleep", 'S') && all_in_state("sh", 'S'); }));
        REQUIRE(send_three(descendants_named("slipway").front(), SIGINT));
        CHECK(terminal.shows("ready> "));
        terminal.type("exit\r");
        (void)seat.end();
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
