// What a run without a pid namespace does about processes whose parent in it has ended.
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <sstream>

#include "core/linux/process_stat.hpp"
#include "tests/run/harness.hpp"
#include "tests/support/process_state.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kHostsPids = R"(isolation.namespaces=["mount","ipc","uts","net","cgroup"])";

TEST_CASE("without a pid namespace a run ends its own orphans and nobody else's children") {
  // As root alone: a user's new /proc needs a pid namespace of its own.
  for (const Caller& caller : callers()) {
    if (!caller.is_root()) continue;
    Runner& runner = shared(caller);
    Command command =
        runner.command({"run", "--set", kHostsPids, runner.box(), "sh", "-c",
                        "(sleep 1001 & echo >> /tmp/up; setsid sh -c 'echo >> /tmp/up; exec sleep 1002' &) & "
                        "(unshare -m sh -c 'echo >> /tmp/up; exec sleep 1003' &); trap 'exit 0' TERM; "
                        "until [ $(wc -l < /tmp/up) -eq 3 ]; do :; done 2>/dev/null; "
                        "echo up; sleep 1004 & wait"});
    const Words words = command.arguments;
    // Children from before. One of them leaves its own behind while slipway runs, as the parent of a container that the
    // caller has started may do: they then come to slipway.
    command.arguments = {"bash", "-c",
                         "exec 3>&1 >/dev/null 2>&1; mkfifo $0.go; sleep 2001 & echo $! > $0; "
                         "(sleep 2002 & echo $! >> $0; unshare -m sleep 2003 & echo $! >> $0; read < $0.go) & "
                         "until [ $(wc -l < $0) -eq 3 ]; do :; done; exec \"$@\" >&3 3>&-",
                         runner.own("before")};
    command.arguments.insert(command.arguments.end(), words.begin(), words.end());
    Program program(command);
    REQUIRE(program.wait_for_output("up"));
    std::vector<pid_t> before;
    std::istringstream numbers(read_file(runner.own("before")));
    for (pid_t pid = 0; numbers >> pid;) before.push_back(pid);
    REQUIRE(before.size() == 3);
    std::ofstream(runner.own("before.go")) << "go\n";
    for (const pid_t pid : before) CHECK(eventually([&] { return linux::stat_of(pid).parent == program.pid(); }));
    program.signal(SIGTERM);
    CHECK(to_text(program.wait()) == to_text({.output = "up\n"}));
    for (const pid_t pid : before) {
      INFO(pid);
      CHECK(state_of(pid) == 'S');
      ::kill(pid, SIGKILL);
    }
    CHECK(eventually([&] { return runner.leftovers() == ""; }));
  }
}

TEST_CASE("without a pid namespace an orphan whose main thread has left ends with the run, too") {
  // As root alone: a user's new /proc needs a pid namespace of its own.
  for (const Caller& caller : callers()) {
    if (!caller.is_root()) continue;
    for (const char* user : {"root", "1000:1000"}) {
      INFO(user);
      Runner& runner = shared(caller);
      const Outcome outcome =
          runner.run({"--set", kHostsPids, "-u", user, runner.box(), "sh", "-c",
                      "(probe thread > /tmp/said &); until grep -qs up /tmp/said; do :; done; echo done"});
      CHECK(to_text(outcome) == to_text({.output = "done\n"}));
      CHECK(eventually([&] { return runner.leftovers() == ""; }));
    }
  }
}

TEST_CASE("without a pid namespace a run ends orphans that it may not look at") {
  // As root alone: a user's new /proc needs a pid namespace of its own.
  for (const Caller& caller : callers()) {
    if (!caller.is_root()) continue;
    Runner& runner = shared(caller);
    Command command = runner.command({"run", "--set", kHostsPids, "-u", "1000:1000", runner.box(), "sh", "-c",
                                      "(sleep 1001 & echo > /tmp/up); until [ -e /tmp/up ]; do :; done; echo up"});
    const Words words = command.arguments;
    command.arguments = {"setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"};
    command.arguments.insert(command.arguments.end(), words.begin(), words.end());
    const Outcome outcome = run(command);
    CHECK(to_text(outcome) == to_text({.output = "up\n"}));
    CHECK(eventually([&] { return runner.leftovers() == ""; }));
  }
}

TEST_CASE("without a pid namespace orphans that have ended do not pile up while the program runs") {
  // As root alone: a user's new /proc needs a pid namespace of its own.
  for (const Caller& caller : callers()) {
    if (!caller.is_root()) continue;
    Runner& runner = shared(caller);
    const Outcome outcome =
        runner.run({"--set", kHostsPids, runner.box(), "sh", "-c",
                    "touch /tmp/gone; i=0; while [ $i -lt 20 ]; do (sh -c 'echo $$ >> /tmp/gone' &); i=$((i+1)); done; "
                    "until [ $(wc -l < /tmp/gone) -eq 20 ]; do :; done; "
                    "for pid in $(cat /tmp/gone); do while [ -e /proc/$pid ]; do :; done; done; echo none"});
    CHECK(to_text(outcome) == to_text({.output = "none\n"}));
  }
}

}  // namespace
}  // namespace slipway::tests
