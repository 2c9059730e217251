// Job control on both sides: of the shell that runs slipway, and of one inside.
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/run/seat.hpp"

namespace slipway::tests {
namespace {

bool all_in_state(const std::string& name, char state) {
  const auto found = descendants_named(name);
  if (found.empty()) return false;
  for (const pid_t pid : found) {
    if ((state_of(pid) == 'T') != (state == 'T')) return false;
  }
  return true;
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
        CHECK(terminal.becomes([] { return all_in_state("sh", 'T'); }));  // a processor may be slow to hear of it
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

}  // namespace
}  // namespace slipway::tests
