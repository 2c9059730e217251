// Functions of a plugin's own that `call` steps run: where they run, what they get and give, and what they leave.
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/run/harness.hpp"
#include "tests/support/skip.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;
using nlohmann::json;

/// The options that have fixture-calls emit these steps.
Words with_calls(const Runner& runner, const std::vector<json>& steps) {
  const std::string plugin = runner.put("fixture-calls.so", read_file(SLIPWAY_FIXTURES "/fixture-calls.so"));
  json texts = json::array();
  for (const json& step : steps) texts.push_back(step.dump());
  const json network = {{{"use", "fixture-calls"}, {"steps", texts}}};
  return {"--plugin-dir", plugin.substr(0, plugin.rfind('/')), "--set", "network=" + network.dump()};
}

json call(const std::string& function, const std::string& phase, json more = json::object()) {
  more["type"] = "call";
  more["function"] = function;
  more["phase"] = phase;
  return more;
}

Outcome run_with(Runner& runner, const std::vector<json>& steps, const std::string& script, Words more = {}) {
  Words words = with_calls(runner, steps);
  words.insert(words.end(), more.begin(), more.end());
  words.insert(words.end(), {runner.box(), "sh", "-c", script});
  return runner.run(words);
}

}  // namespace

TEST_CASE("a call outside of the container is made before the program runs and taken back after its end") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    for (const std::string phase : {"prepare", "attach"}) {
      INFO(caller.name << ", " << phase);
      const std::string path = runner.own("made-" + phase);
      (void)run(runner.plain({"mkdir", "-p", runner.own("shown")}));
      const std::string shown = runner.own("shown") + "/it";
      const Outcome outcome = run_with(runner, {call("make", phase, {{"arguments", {{"path", shown}}}})},
                                       "ls /shown; echo ran", {"--bind", runner.own("shown") + ":/shown"});
      INFO(to_text(outcome));
      CHECK(outcome.output == "it\nran\n");
      CHECK(outcome.errors == "");
      CHECK_FALSE(std::filesystem::exists(shown));
    }
  }
}

TEST_CASE("a call that says that it leaves nothing is not taken back") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const std::string path = runner.own("stays");
    const Outcome outcome =
        run_with(runner, {call("make", "prepare", {{"arguments", {{"path", path}}}, {"undo", "none"}})}, "echo ran");
    INFO(to_text(outcome));
    CHECK(outcome.output == "ran\n");
    CHECK(std::filesystem::exists(path));
    (void)run(runner.plain({"rm", "-f", path}));
  }
}

TEST_CASE("a call runs in a process that has nothing of slipway's but its inputs") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    for (const std::string phase : {"prepare", "attach", "mount", "seal"}) {
      INFO(caller.name << ", " << phase);
      // What one call does to its process is not there for the next, nor for the program.
      const Outcome outcome = run_with(runner, {call("spoil", phase), call("look", phase)}, "umask; pwd");
      INFO(to_text(outcome));
      CHECK(outcome.output == "0022\n/\n");
      CHECK(outcome.errors.find("fixture-calls: files 0, INT free, umask 022, in /, HOME gone, input at its end") !=
            std::string::npos);
      CHECK(outcome.shell_status() == 0);
    }
  }
}

TEST_CASE("what a call prints is not on slipway's standard output") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    for (const std::string phase : {"prepare", "mount"}) {
      const Outcome outcome = run_with(runner, {call("print", phase)}, "echo ran");
      INFO(caller.name << ", " << phase << ": " << to_text(outcome));
      CHECK(outcome.output == "ran\n");
      CHECK(outcome.errors == "printed by a plugin\n");
    }
  }
}

TEST_CASE("a call is handed results of earlier steps as descriptors, and its own is mounted by a bind") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    INFO(caller.name);
    const Outcome outcome = run_with(
        runner,
        {call("make_mount", "mount", {{"as", "first"}}),
         call("pass", "mount", {{"inputs", {"@first"}}, {"as", "second"}}),
         {{"type", "mkdir"}, {"target", "/given"}},
         {{"type", "bind"}, {"source", "@second"}, {"target", "/given"}, {"access", "read_only"}}},
        "cat /given/made; touch /given/x 2>/dev/null || echo read-only; ls -l /proc/self/fd | grep -c given; true");
    INFO(to_text(outcome));
    CHECK(outcome.output == "by a call\nread-only\n0\n");
  }
}

TEST_CASE("a mount that a call makes outside is mounted inside") {
  for (const Caller& caller : callers()) {
    if (!caller.is_root()) continue;  // others may make none outside
    Runner runner(caller);
    for (const Words& more : {Words{}, Words{"--set", R"(isolation.user={"uids":["0:300000:65536"]})"}}) {
      const Outcome outcome = run_with(runner,
                                       {call("make_mount", "prepare", {{"as", "tmpfs"}}),
                                        {{"type", "mkdir"}, {"target", "/given"}},
                                        {{"type", "bind"}, {"source", "@tmpfs"}, {"target", "/given"}}},
                                       "cat /given/made", more);
      INFO(to_text(outcome));
      CHECK(outcome.output == "by a call\n");
    }
  }
}

TEST_CASE("a call in mount or seal works on the container's root, and in seal also on results of the host's") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const std::string directory = runner.own("outside");
    (void)run(runner.plain({"mkdir", "-p", directory}));
    INFO(caller.name);
    const auto writes = [](const std::string& phase, const std::string& input, const std::string& path) {
      return call("write_below", phase, {{"inputs", {input}}, {"arguments", {{"path", path}, {"text", phase}}}});
    };
    const Outcome outcome = run_with(runner,
                                     {{{"type", "open"}, {"path", directory}, {"as", "outside"}},
                                      writes("mount", "@root", "in-mount"),
                                      writes("seal", "@root", "in-seal")},
                                     "cat /in-mount /in-seal; ls /proc/self/fd | wc -l");
    INFO(to_text(outcome));
    CHECK(outcome.output == "mountseal4\n");
  }
}

TEST_CASE("a call in attach works on the container's namespaces from outside") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const Outcome outcome = run_with(runner, {call("set_in_network", "attach", {{"inputs", {"@userns", "@netns"}}})},
                                     "cat /proc/sys/net/ipv4/ip_unprivileged_port_start");
    INFO(caller.name << ": " << to_text(outcome));
    CHECK(outcome.output == "77\n");
    CHECK(outcome.errors == "");
  }
}

TEST_CASE("calls are shown in plans, told of by -v and counted by --timing") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const std::vector<json> steps = {call("look", "prepare", {{"arguments", {{"deep", {1, "x"}}}}}),
                                     call("spoil", "attach"), call("spoil", "mount"), call("spoil", "seal")};
    Words words = with_calls(runner, steps);
    words.push_back(runner.box());
    Words json_words = words;
    json_words.insert(json_words.begin(), {"plan", "--json"});
    const json plan = json::parse(runner.slipway(json_words).output);
    std::vector<std::string> phases;
    for (const json& step : plan.at("steps")) {
      if (step.at("type") != "call") continue;
      phases.push_back(step.at("phase"));
      if (step.at("function") == "look") CHECK(step.at("arguments").dump() == R"({"deep":[1,"x"]})");
    }
    CHECK(phases == std::vector<std::string>{"prepare", "attach", "mount", "seal"});
    words.insert(words.begin(), "plan");
    const std::string table = runner.slipway(words).output;
    CHECK(table.find("\nattach\n") != std::string::npos);
    CHECK(table.find(R"(look({"deep":[1,"x"]}))") != std::string::npos);
    const Outcome told = run_with(runner, steps, "true", {"-v", "--timing"});
    INFO(to_text(told));
    for (const char* part : {"call: look({\"deep\":[1,\"x\"]})", "call: spoil()", "\n  prepare", "\n  attach"})
      CHECK(told.errors.find(part) != std::string::npos);
  }
}

TEST_CASE("pseudo-keyring shows a key of its caller's in the container, and nowhere else") {
  // As a shell's keyctl would: a session keyring of this process's own, which what it starts has as well.
  constexpr long kJoin = 1, kSession = -3;
  const long keyring = ::syscall(SYS_keyctl, kJoin, nullptr);
  if (keyring < 0 && (errno == EPERM || errno == ENOSYS)) SLIPWAY_SKIP("this kernel, or a filter, allows no keyctl(2)");
  REQUIRE(keyring > 0);
  REQUIRE(::syscall(SYS_add_key, "user", "slipway-test:db", "s3cret", 6, kSession) > 0);
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    INFO(caller.name);
    const std::string plugin = runner.put("pseudo-keyring.so", read_file(SLIPWAY_FIXTURES "/pseudo-keyring.so"));
    const auto with = [&](const std::string& secret) -> Words {
      const json pseudo = {{{"use", "pseudo-standard"}}, {{"use", "pseudo-keyring"}, {"secrets", {secret}}}};
      return {"--plugin-dir", plugin.substr(0, plugin.rfind('/')), "--set", "pseudo=" + pseudo.dump(), runner.box()};
    };
    Words words = with("db=slipway-test:db");
    Words plan_words = words;
    plan_words.insert(plan_words.begin(), {"plan", "--json"});
    CHECK(runner.slipway(plan_words).output.find("s3cret") == std::string::npos);
    words.insert(words.end(), {"sh", "-c",
                               "cat /run/secrets/db; echo; stat -c %a:%u /run/secrets/db; "
                               "touch /run/secrets/x 2>/dev/null || echo read-only"});
    const Outcome outcome = runner.run(words);
    INFO(to_text(outcome));
    CHECK(outcome.output == "s3cret\n400:0\nread-only\n");
    CHECK(outcome.errors == "");
    const Outcome missing = runner.run(with("db=slipway-test:nothing"));
    CHECK(missing.shell_status() == 125);
    CHECK(missing.errors.find("find the key slipway-test:nothing: Required key not available") != std::string::npos);
  }
}

TEST_CASE("a plan with a call is no script, but for who takes one without it") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    Words words = with_calls(runner, {call("spoil", "mount")});
    words.insert(words.begin(), {"plan", "--script"});
    words.push_back(runner.box());
    const Outcome strict = runner.slipway(words);
    INFO(to_text(strict));
    CHECK(strict.shell_status() == 1);
    CHECK(strict.errors.find("call: spoil(): ordinary tools leave out: what the plugin's function spoil does") !=
          std::string::npos);
    words.insert(words.begin() + 2, "--lenient");
    CHECK(runner.slipway(words).shell_status() == 0);
  }
}

TEST_CASE("a start with a call is made anew each time, and a record of the same words is not followed past it") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    for (int i = 0; i < 3; ++i) {
      const Outcome outcome = run_with(runner, {call("look", "mount")}, "echo ran");
      INFO(caller.name << ": " << to_text(outcome));
      CHECK(outcome.output == "ran\n");
      CHECK(outcome.errors.find("files 0") != std::string::npos);
    }
  }
}

}  // namespace slipway::tests
