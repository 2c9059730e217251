// How a script of `slipway plan --script` ends when its program is killed, and its program when the script is.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include "tests/run/script_runs.hpp"

namespace slipway::tests {
namespace {

constexpr const char* kNoProcesses = R"(isolation.namespaces=["mount","ipc","uts","net"])";
constexpr const char* kWarning = "ordinary tools leave out: the end of the program with this script";

// A program that no other test has, so that it can be found from outside.
Words lasting(const std::string& mark) { return {"sh", "-c", "echo up; exec sleep 1000." + mark}; }

pid_t find_lasting(const std::string& mark) {
  const Outcome found = run({.arguments = {"pgrep", "--exact", "--full", "sleep 1000[.]" + mark}});
  return found.output.empty() ? 0 : static_cast<pid_t>(std::stol(found.output));
}

std::string new_mark() {
  static int count = 0;
  return std::to_string(::getpid()) + std::to_string(++count);
}

bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

Words joined(std::initializer_list<Words> parts) {
  Words all;
  for (const Words& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// unshare(1) passes on how its child ended: by the same signal. In util-linux 2.38 it first wants to reset the signal's
// disposition, which of SIGKILL nobody may, and so ends with 1.
bool tells_of(const Outcome& outcome, int number) {
  if (outcome.shell_status() == 128 + number) return true;
  return number == SIGKILL && outcome.status == 1 && outcome.errors.find("unshare: sigprocmask") == 0;
}

}  // namespace

TEST_CASE("a script ends with 128 and the number of the signal that killed its program, as run does") {
  for (const Caller& caller : callers()) {
    for (const int number : {SIGKILL, SIGTERM, SIGSEGV}) {
      DYNAMIC_SECTION(caller.name << ": signal " << number) {
        Runner& runner = shared(caller);
        // The first process of a namespace has no way to kill itself.
        const Words words = {"--set", kNoProcesses, runner.box(),
                             "sh",    "-c",         "kill -" + std::to_string(number) + " $$; echo lives"};
        const Outcome scripted = by_script(runner, words);
        INFO(to_text(scripted));
        CHECK(tells_of(scripted, number));
        CHECK(scripted.output == "");
        CHECK(by_run(runner, words).status == 128 + number);
      }
    }
    DYNAMIC_SECTION(caller.name << ": from outside, as the first process of a namespace") {
      Runner& runner = shared(caller);
      const std::string mark = new_mark();
      const std::string text = script_for(runner, joined({{runner.box()}, lasting(mark)})).output;
      Program script(runner.plain({"sh", runner.put("lasting.sh", text)}));
      REQUIRE(script.wait_for_output("up"));
      pid_t program = 0;
      REQUIRE(comes_true([&] { return (program = find_lasting(mark)) != 0; }));
      REQUIRE(::kill(program, SIGKILL) == 0);
      const Outcome outcome = script.wait();
      INFO(to_text(outcome));
      CHECK(tells_of(outcome, SIGKILL));
    }
  }
}

TEST_CASE("plan --script warns where the program lives on when its script is killed, and so it does") {
  for (const Caller& caller : callers()) {
    if (caller.is_single()) continue;  // one id: nothing to change to
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const auto script_of = [&](const Words& options, const std::string& mark) {
        return runner.slipway(joined({{"plan", "--script"}, options, {runner.box()}, lasting(mark)}));
      };
      const std::string mark = new_mark();
      const Outcome warned = script_of({"--set", kNoProcesses, "-u", "app"}, mark);
      CHECK(warned.shell_status() == 0);
      CHECK_THAT(warned.errors, Catch::Contains(" warning: step ") && Catch::Contains(kWarning));
      CHECK_THAT(warned.output, Catch::Contains("# left out: the end of the program with this script"));
      // In a process namespace it ends with the script, which another test holds it to.
      CHECK(script_of({"-u", "app"}, mark).errors == "");

      Program script(runner.plain({"sh", runner.put("warned.sh", warned.output)}));
      REQUIRE(script.wait_for_output("up"));
      pid_t program = 0;
      REQUIRE(comes_true([&] { return (program = find_lasting(mark)) != 0; }));
      script.signal(SIGKILL);
      CHECK(script.wait().signal == SIGKILL);
      CHECK(find_lasting(mark) == program);
      REQUIRE(::kill(program, SIGKILL) == 0);
      CHECK(comes_true([&] { return runner.leftovers().empty(); }));
    }
  }
}

}  // namespace slipway::tests
