// How slipway itself ends a container whose parent goes: by the stop signal and, in time, SIGKILL.
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

}  // namespace slipway::tests
