// Signals to a run, in each of its phases, and the init that takes them for programs that do not.
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <map>

#include "tests/run/harness.hpp"
#include "tests/support/process_state.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

// Its unpacking takes a while.
const std::string& slow_image(Runner& runner) {
  static std::map<const Runner*, std::string> made;
  std::string& path = made[&runner];
  if (path.empty()) {
    ImageSpec image = box_image();
    image.layers.push_back({make_tar({file("large", std::string(std::size_t{32} << 20U, 'L'))})});
    path = runner.put("slow.tar", docker_save({image}, Layout::docker25));
  }
  return path;
}

Words run_words(Runner& runner, const Words& options, const Words& command) {
  Words words = {"run"};
  words.insert(words.end(), options.begin(), options.end());
  words.push_back(runner.box());
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

TEST_CASE("each signal of a run reaches a program that has a handler for it") {
  struct Row {
    const char* name;
    int signal;
  };
  const std::vector<Row> rows = {{"INT", SIGINT},   {"TERM", SIGTERM}, {"HUP", SIGHUP},     {"QUIT", SIGQUIT},
                                 {"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"WINCH", SIGWINCH}, {"CONT", SIGCONT}};
  for (const Caller& caller : callers()) {
    for (const Words& options : {Words{}, Words{"--init"}, Words{"--tty", "yes"}, Words{"--tty", "yes", "--init"}}) {
      for (const Row& row : rows) {
        // With a terminal of its own the kernel tells the program of a new size, and there is none here.
        if (row.signal == SIGWINCH && options.size() > 1) continue;
        DYNAMIC_SECTION(caller.name << ": " << options.size() << " " << row.name) {
          Runner& runner = shared(caller);
          const std::string script = std::string("trap 'echo got; exit 3' ") + row.name +
                                     "; echo ready; while :; do sleep 1000 & wait $!; done";
          Program program(runner.command(run_words(runner, options, {"sh", "-c", script})));
          REQUIRE(program.wait_for_output("ready"));
          program.signal(row.signal);
          const Outcome outcome = program.wait();
          INFO(to_text(outcome));
          CHECK_THAT(outcome.output, Catch::Contains("got"));
          CHECK(outcome.shell_status() == 3);
          CHECK(outcome.errors == "");
          CHECK(runner.leftovers() == "");
        }
      }
    }
  }
}

TEST_CASE("a program without a handler ends by a signal where it has an init, and where not by the third INT or TERM") {
  struct Row {
    const char* name;
    Words options;
    int signal;
    bool thrice;
    int status;
  };
  const std::vector<Row> rows = {
      {"TERM to process 1", {}, SIGTERM, true, 137},
      {"INT to process 1", {}, SIGINT, true, 137},
      {"TERM with an init", {"--init"}, SIGTERM, false, 143},
      {"INT with an init", {"--init"}, SIGINT, false, 130},
      {"HUP with an init", {"--init"}, SIGHUP, false, 129},
      {"USR1 with an init and a terminal", {"--tty", "yes", "--init"}, SIGUSR1, false, 138},
      {"TERM to process 1 with a terminal", {"--tty", "yes"}, SIGTERM, true, 137},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        Runner& runner = shared(caller);
        Program program(runner.command(run_words(runner, row.options, {"sh", "-c", "echo ready; exec sleep 1000"})));
        REQUIRE(program.wait_for_output("ready"));
        REQUIRE(eventually([] { return !descendants_named("sleep").empty(); }));
        if (row.thrice) {
          CHECK(send_three(program.pid(), row.signal));
        } else {
          program.signal(row.signal);
        }
        const Outcome outcome = program.wait();
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == row.status);
        CHECK(outcome.errors == "");
        CHECK(runner.leftovers() == "");
      }
    }
  }
}

std::string pid_namespace(const std::string& pid) {
  std::error_code gone;
  return std::filesystem::read_symlink("/proc/" + pid + "/ns/pid", gone).string();
}

/// While it is slipway's still: that of our descendants which has a pid namespace of its own.
pid_t first_process_of_container() {
  for (const char* const name : {"slipway)", "slipway-full)"}) {
    for (const pid_t pid : descendants_named(name)) {
      const std::string its = pid_namespace(std::to_string(pid));
      if (!its.empty() && its != pid_namespace("self")) return pid;
    }
  }
  return 0;
}

TEST_CASE("a signal that asks for the end before there is a program ends the run") {
  for (const Caller& caller : callers()) {
    for (const Words& options : {Words{}, Words{"--init"}, Words{"--tty", "yes"}}) {
      for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
        DYNAMIC_SECTION(caller.name << ": " << options.size() << " signal " << signal) {
          Runner runner(caller);  // the worker of an empty store gives time to hold the container's process
          Words words = options;
          words.insert(words.begin(), "run");
          words.insert(words.end(), {slow_image(shared(caller)), "echo", "ran"});
          Program program(runner.command(words));
          pid_t worker = 0, container = 0;
          REQUIRE(eventually([&] {
            const auto workers = descendants_named("slipway-worker");
            worker = workers.empty() ? 0 : workers.front();
            container = first_process_of_container();
            return worker != 0 && container != 0;
          }));
          ::kill(container, SIGSTOP);
          ::kill(worker, signal == SIGINT ? SIGSTOP : SIGCONT);  // with the worker at work, or after it
          program.signal(signal);
          const Outcome outcome = program.wait();
          INFO(to_text(outcome));
          CHECK(outcome.shell_status() == 128 + signal);
          CHECK(outcome.output + outcome.errors == "");
          CHECK(runner.leftovers() == "");
        }
      }
    }
  }
}

TEST_CASE("with --init process 1 is slipway's, and the image has no part in it") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      CHECK(runner.inside("cat /proc/1/comm; echo $$") == "sh\n1\n");
      CHECK(runner.inside("cat /proc/1/comm; echo $$ $PPID; readlink /proc/1/exe; ls /proc/1/fd; tr '\\0' ' ' "
                          "</proc/1/environ; (echo x >> /proc/1/exe) 2>/dev/null || echo closed",
                          {"--init"}) == "slipway-init\n2 1\n/memfd:slipway-init (deleted)\nclosed\n");
      CHECK(runner.inside("cat /proc/1/comm", {"--set", "exec.init=true"}) == "slipway-init\n");
      const std::string file =
          runner.put("init.json", R"({"image": {"source": ")" + runner.box() +
                                      R"("}, "exec": {"init": true, "args": ["cat", "/proc/1/comm"]}})");
      CHECK(runner.run({file}).output == "slipway-init\n");
      CHECK_THAT(runner.slipway({"plan", "--init", runner.box(), "true"}).output,
                 Catch::Contains("true (under slipway's init)"));
    }
  }
}

TEST_CASE("with --init orphans are reaped, and end with the program") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      CHECK(runner.inside("(sleep 0.01 & echo $! > /tmp/orphan); while [ -e /proc/$(cat /tmp/orphan) ]; do :; done; "
                          "echo reaped; sleep 1000 & exit 0",
                          {"--init"}) == "reaped\n");
    }
  }
  // As root alone: a user's new /proc needs a pid namespace of its own.
  for (const Caller& caller : callers()) {
    if (!caller.is_root()) continue;
    const Outcome outcome = shared(caller).run(
        {"--init", "--set", R"(isolation.namespaces=["mount","ipc","uts","net","cgroup"])", shared(caller).box(), "sh",
         "-c", "(sleep 1000 &); cat /proc/$PPID/comm; kill -TERM $PPID; sleep 1000"});
    CHECK(outcome.output == "slipway-init\n");
    CHECK(outcome.shell_status() == 143);
  }
}

TEST_CASE("with --init a program whose reader has gone ends as usual by SIGPIPE") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      Command command = runner.command(run_words(runner, {"--init"}, {"sh", "-c", "while echo y; do :; done"}));
      const Words words = command.arguments;
      command.arguments = {"bash", "-c", "\"$@\" | head -n 1; echo ${PIPESTATUS[0]}", "bash"};
      command.arguments.insert(command.arguments.end(), words.begin(), words.end());
      const Outcome outcome = run(command);
      CHECK(outcome.output == "y\n141\n");
      CHECK(outcome.errors == "");
      CHECK(runner.leftovers() == "");
    }
  }
}

TEST_CASE("with --init a run ends with the same status and the same explanation as without") {
  struct Row {
    const char* name;
    Words command;
    int status;
  };
  const std::vector<Row> rows = {
      {"a status", {"probe", "exit", "42"}, 42},     {"a fault", {"probe", "crash"}, 139},
      {"no such program in PATH", {"nothing"}, 127}, {"no such file", {"/no/such/file"}, 127},
      {"a directory", {"/bin/folder"}, 126},         {"its mode", {"closed"}, 126},
      {"neither ELF nor script", {"text"}, 126},     {"a #! line whose program is missing", {"orphan"}, 126},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        Runner& runner = shared(caller);
        const Outcome without = runner.slipway(run_words(runner, {}, row.command));
        Outcome with = runner.slipway(run_words(runner, {"--init"}, row.command));
        INFO(to_text(with));
        CHECK(with.shell_status() == row.status);
        CHECK(without.shell_status() == row.status);
        const std::string said = " (under slipway's init)";
        const std::size_t at = with.errors.find(said);
        if (at != std::string::npos) with.errors.erase(at, said.size());
        CHECK(with.errors == without.errors);
        CHECK(with.output == without.output);
      }
    }
  }
}

}  // namespace
}  // namespace slipway::tests
