// How slipway itself ends a container: with its parent or its terminal, by the stop signal and, in time, SIGKILL.
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>

#include "tests/run/harness.hpp"
#include "tests/support/process_state.hpp"
#include "tests/support/pseudo_terminal.hpp"

namespace slipway::tests {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;
using Clock = std::chrono::steady_clock;

constexpr const char* kHostsPids = R"(isolation.namespaces=["mount","ipc","uts","net","cgroup"])";

std::string image_with(const Runner& runner, const std::string& stop_signal) {
  ImageSpec image = box_image();
  image.stop_signal = stop_signal;
  return runner.put("stop.tar", docker_save({image}, Layout::docker25));
}

/// A directory of the caller's that the container has at /out, empty.
class Place {
 public:
  explicit Place(const Runner& runner) : path_(runner.own("out")) {
    (void)run(runner.plain({"sh", "-c", "rm -rf out; mkdir out; chmod 0777 out"}));
  }
  [[nodiscard]] Words bind() const { return {"--bind", path_ + ":/out"}; }
  /// The signals that the program was told of.
  [[nodiscard]] std::string got() const { return fs::exists(path_ + "/got") ? read_file(path_ + "/got") : ""; }
  [[nodiscard]] bool is_ready() const { return fs::exists(path_ + "/ready"); }

 private:
  std::string path_;
};

// Notes each signal, and ends at any but HUP, USR2 and CONT.
std::string noting_script() {
  std::string script;
  for (const char* name : {"HUP", "USR2"}) script += std::string("trap 'echo ") + name + " >> /out/got' " + name + "; ";
  for (const char* name : {"INT", "QUIT", "USR1", "TERM", "WINCH"})
    script += std::string("trap 'echo ") + name + " >> /out/got; exit 7' " + name + "; ";
  return script + "echo > /out/ready; while :; do sleep 1000 & wait $!; done";
}

Words run_words(const Place& place, const Words& options, const std::string& image, const std::string& script) {
  Words words = {"run"};
  for (const Words& more : {place.bind(), options, Words{image, "sh", "-c", script}})
    words.insert(words.end(), more.begin(), more.end());
  return words;
}

// A shell that starts slipway, and what it does then.
Command under_parent(const Runner& runner, const Words& words, const std::string& shell) {
  Command command = runner.command(words);
  const Words all = command.arguments;
  command.arguments = {"bash", "-c", shell, "bash"};
  command.arguments.insert(command.arguments.end(), all.begin(), all.end());
  return command;
}

// Waits for the signal that kills it.
constexpr const char* kStarts = "\"$@\" </dev/null >/dev/null 2>&1 & kill -STOP $$";

pid_t slipway_process() {
  for (const char* name : {"slipway)", "slipway-full)"}) {
    for (const pid_t pid : descendants_named(name)) return pid;
  }
  return 0;
}

TEST_CASE("a container that is to end with its parent gets its stop signal when that goes, and SIGKILL in time") {
  struct Row {
    const char* name;
    std::string image_signal;
    Words options;
    std::string got;
    bool only_root = false;
  };
  const std::vector<Row> rows = {
      {"TERM where nobody says", "", {}, "TERM\n"},
      {"the image's", "SIGQUIT", {}, "QUIT\n"},
      {"the image's, without SIG", "int", {}, "INT\n"},
      {"the image's, by number", "10", {}, "USR1\n"},
      {"a window's change", "SIGWINCH", {}, "WINCH\n"},
      {"another than the image's", "SIGQUIT", {"--stop-signal", "SIGINT"}, "INT\n"},
      {"in the pipeline", "", {"--set", "exec.stop_signal=usr1"}, "USR1\n"},
      {"with an init", "SIGINT", {"--init"}, "INT\n"},
      {"with a terminal", "", {"--tty", "yes"}, "TERM\n"},
      {"one that the program survives", "", {"--stop-signal", "USR2", "--stop-timeout", "1"}, "USR2\n"},
      {"the same with an init", "", {"--init", "--stop-signal", "USR2", "--stop-timeout", "1"}, "USR2\n"},
      {"no time at all", "", {"--stop-signal", "RTMIN+3", "--stop-timeout", "0"}, ""},
      {"a signal without a handler", "", {"--stop-signal", "RTMIN+3", "--stop-timeout", "1"}, ""},
      {"KILL", "KILL", {}, ""},
      {"without a pid namespace", "", {"--set", kHostsPids}, "TERM\n", true},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      if (row.only_root && !caller.is_root()) continue;
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        Runner& runner = shared(caller);
        const Place place(runner);
        Words options = row.options;
        options.insert(options.end(), {"--end-with", "parent"});
        Program parent(under_parent(
            runner, run_words(place, options, image_with(runner, row.image_signal), noting_script()), kStarts));
        REQUIRE(eventually([&] { return place.is_ready(); }));
        const auto begin = Clock::now();
        parent.signal(SIGKILL);
        CHECK(parent.wait().signal == SIGKILL);
        CHECK(eventually([&] { return runner.leftovers() == ""; }));
        CHECK(place.got() == row.got);
        const auto took = Clock::now() - begin;
        CHECK(took < std::chrono::seconds(9));
        // Its time is its own, where it does not end by itself.
        const auto patient = std::find(row.options.begin(), row.options.end(), "--stop-timeout");
        if (patient != row.options.end()) CHECK(took >= std::chrono::seconds(std::stoi(*std::next(patient))));
      }
    }
  }
}

TEST_CASE("without --end-with a container outlives its parent") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Place place(runner);
      Command command = under_parent(
          runner, run_words(place, {}, runner.box(), noting_script()),
          "(\"$@\" </dev/null >/dev/null 2>&1 & echo $! > pid); until [ -e out/ready ]; do :; done; [ -e out/got ] || "
          "echo nothing; kill -TERM $(cat pid); until grep -qs TERM out/got; do :; done; cat out/got");
      const Outcome outcome = run(command);
      CHECK(outcome.output == "nothing\nTERM\n");
      CHECK(eventually([&] { return runner.leftovers() == ""; }));
    }
  }
}

TEST_CASE("the parent is a process: the end of its thread that started slipway ends nothing") {
  if (run({.arguments = {"python3", "--version"}}).shell_status() != 0)
    SLIPWAY_SKIP("needs python3, for a process with threads");
  constexpr const char* kThreads =
      "import subprocess, sys, threading\n"
      "null = subprocess.DEVNULL\n"
      "maker = threading.Thread(target=lambda: subprocess.Popen(sys.argv[1:], stdin=null, stdout=null, stderr=null))\n"
      "maker.start()\n"
      "maker.join()\n"
      "print('left', flush=True)\n"
      "threading.Event().wait()\n";
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Place place(runner);
      Command command = runner.command(run_words(place, {"--end-with", "parent"}, runner.box(), noting_script()));
      const Words all = command.arguments;
      command.arguments = {"python3", "-c", kThreads};
      command.arguments.insert(command.arguments.end(), all.begin(), all.end());
      Program parent(command);
      REQUIRE(parent.wait_for_output("left"));
      REQUIRE(eventually([&] { return place.is_ready(); }));
      CHECK(place.got() == "");
      CHECK(slipway_process() != 0);
      parent.signal(SIGKILL);
      (void)parent.wait();
      CHECK(eventually([&] { return runner.leftovers() == ""; }));
      CHECK(place.got() == "TERM\n");
    }
  }
}

TEST_CASE("a container that stands still when its parent goes is let go on, and ends") {
  for (const Caller& caller : callers()) {
    for (const bool with_slipway : {true, false}) {
      DYNAMIC_SECTION(caller.name << (with_slipway ? ": with slipway, by SIGTSTP" : ": by itself")) {
        Runner& runner = shared(caller);
        const Place place(runner);
        // A session with job control, as a terminal has it: when its shell dies, the kernel lets what it stopped go on.
        Command command = under_parent(
            runner, run_words(place, {"--end-with", "parent"}, runner.box(), noting_script()),
            "setsid bash -c 'echo $$ > shell; set -m; \"$@\" </dev/null >/dev/null 2>&1 & kill -STOP $$' bash \"$@\" & "
            "wait");
        Program outer(command);
        REQUIRE(eventually([&] { return place.is_ready(); }));
        const pid_t slipway = slipway_process();
        pid_t first = 0;
        REQUIRE(eventually([&] {
          for (const pid_t pid : descendants_named("sh)")) first = pid;
          return first != 0;
        }));
        ::kill(with_slipway ? slipway : first, with_slipway ? SIGTSTP : SIGSTOP);
        REQUIRE(eventually([&] { return state_of(with_slipway ? slipway : first) == 'T' && state_of(first) == 'T'; }));
        ::kill(std::stoi(read_file(runner.own("shell"))), SIGKILL);
        (void)outer.wait();
        CHECK(eventually([&] { return runner.leftovers() == ""; }));
        CHECK(place.got() == "TERM\n");
      }
    }
  }
}

TEST_CASE("a parent that goes before there is a program ends the run before it") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const Place place(runner);
      ImageSpec image = box_image();
      image.layers.push_back({make_tar({file("large", std::string(std::size_t{32} << 20U, 'L'))})});
      const std::string slow = runner.put("slow.tar", docker_save({image}, Layout::docker25));
      Program parent(under_parent(runner, run_words(place, {"--end-with", "parent"}, slow, noting_script()), kStarts));
      pid_t worker = 0;
      REQUIRE(eventually([&] {
        for (const pid_t pid : descendants_named("slipway-worker")) worker = pid;
        return worker != 0;
      }));
      ::kill(worker, SIGSTOP);
      parent.signal(SIGKILL);
      (void)parent.wait();
      ::kill(worker, SIGCONT);
      CHECK(eventually([&] { return runner.leftovers() == ""; }));
      CHECK_FALSE(place.is_ready());
    }
  }
}

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

}  // namespace
}  // namespace slipway::tests
