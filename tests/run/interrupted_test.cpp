// Signals that come while an image is unpacked, and runs that cannot be cleaned up.
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <sstream>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;
namespace fs = std::filesystem;

bool eventually(const std::function<bool()>& happens) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!happens()) {
    if (std::chrono::steady_clock::now() > limit) return false;
    ::poll(nullptr, 0, 1);
  }
  return true;
}

std::string proc(pid_t pid, const std::string& file) { return "/proc/" + std::to_string(pid) + "/" + file; }

std::string text_of(const std::string& path) {
  try {
    return read_file(path);
  } catch (const std::exception&) {
    return {};  // it has ended
  }
}

/// Waits for slipway's worker; 0 when there is none.
pid_t worker_of(pid_t slipway) {
  pid_t worker = 0;
  (void)eventually([&] {
    std::istringstream children(text_of(proc(slipway, "task/" + std::to_string(slipway) + "/children")));
    for (pid_t child = 0; worker == 0 && children >> child;) {
      if (text_of(proc(child, "cmdline")).starts_with("slipway-worker")) worker = child;
    }
    return worker != 0;
  });
  return worker;
}

bool is_pending(pid_t pid, int signal) {
  std::istringstream lines(text_of(proc(pid, "status")));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("ShdPnd:")) return (std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1U) != 0;
  }
  return false;
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

// Its first layer gives the root an owner and a mode of its own; what comes on top takes a while.
ImageSpec slow_image() {
  ImageSpec image = box_image();
  TarEntry top = directory("./", 0711);
  top.uid = 1000;
  top.gid = 50;
  image.layers.insert(image.layers.begin(), {make_tar({top, directory("a/"), file("a/b", "b")})});
  image.layers.push_back({make_tar({file("large", std::string(std::size_t{48} << 20U, 'L'))})});
  return image;
}

TEST_CASE("unpack that is asked to end leaves the directory as it was") {
  for (const Caller& caller : callers()) {
    for (const int signal : {SIGTERM, SIGINT}) {
      DYNAMIC_SECTION(caller.name << ": signal " << signal) {
        const Runner runner(caller);
        const std::string image = runner.put("slow.tar", docker_save({slow_image()}, Layout::docker25));
        const std::string fresh = runner.own("fresh"), empty = runner.own("empty");
        REQUIRE(run(runner.plain({"mkdir", "-m", "0750", empty})).status == 0);
        struct stat before {
        }, after{};
        REQUIRE(::stat(empty.c_str(), &before) == 0);
        for (const std::string& target : {fresh, empty}) {
          INFO(target);
          Program program(runner.command({"unpack", image, target}));
          REQUIRE(eventually([&] { return mode_of(target) == 0711; }));
          program.signal(signal);
          const Outcome outcome = program.wait();
          CHECK(outcome.shell_status() == 128 + signal);
          CHECK(outcome.errors == "");
        }
        CHECK_FALSE(fs::exists(fresh));
        REQUIRE(::stat(empty.c_str(), &after) == 0);
        CHECK(fs::is_empty(empty));
        CHECK(after.st_mode == before.st_mode);
        CHECK(after.st_uid == before.st_uid);
        CHECK(after.st_gid == before.st_gid);
        CHECK(after.st_mtim.tv_nsec == before.st_mtim.tv_nsec);
        CHECK(runner.leftovers() == "");
      }
    }
  }
}

TEST_CASE("unpack that fails leaves the directory as it was") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      ImageSpec image = slow_image();
      image.layers.back() = {"this is no tar, though its digest is right"};
      const std::string archive = runner.put("bad.tar", docker_save({image}, Layout::docker25));
      const std::string fresh = runner.own("fresh"), empty = runner.own("empty");
      REQUIRE(run(runner.plain({"mkdir", "-m", "0750", empty})).status == 0);
      for (const std::string& target : {fresh, empty}) {
        const Outcome outcome = runner.slipway({"unpack", archive, target});
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == 1);
        CHECK_THAT(outcome.errors, Catch::Contains("the layer's tar is damaged"));
      }
      CHECK_FALSE(fs::exists(fresh));
      CHECK(fs::is_empty(empty));
      CHECK(mode_of(empty) == 0750);
      CHECK(run(runner.plain({"rmdir", empty})).status == 0);
    }
  }
}

TEST_CASE("a signal for the program that comes while its image is unpacked reaches it") {
  // As root alone: the first program of a pid namespace, which a user's always has, is not hurt by what it handles not.
  for (const Caller& caller : callers()) {
    if (!caller.is_root()) continue;
    Runner runner(caller);
    Program program(runner.command(
        {"run", "--set", R"(isolation.namespaces=["mount","ipc","uts","net","cgroup"])", runner.box(), "sleep", "40"}));
    const pid_t worker = worker_of(program.pid());
    REQUIRE(worker != 0);
    REQUIRE(::kill(worker, SIGSTOP) == 0);
    program.signal(SIGUSR1);
    CHECK(eventually([&] { return !is_pending(program.pid(), SIGUSR1); }));
    REQUIRE(::kill(worker, SIGCONT) == 0);
    const Outcome outcome = program.wait();
    INFO(to_text(outcome));
    CHECK(outcome.shell_status() == 128 + SIGUSR1);
    CHECK(runner.leftovers() == "");
  }
}

TEST_CASE("a run that fails and cannot be cleaned up says both, and the next one cleans up") {
  for (const Caller& caller : callers()) {
    if (!caller.is_root()) continue;
    Runner runner(caller);
    REQUIRE(runner.run({runner.box(), "true"}).shell_status() == 0);
    const std::string runs = runner.store() + "/runs";
    if (run({.arguments = {"chattr", "+a", runs}}).shell_status() != 0) {
      WARN("SKIPPED: this file system has no attribute that keeps directories");
      continue;
    }
    const Outcome outcome = run(runner.command({"run", "--set", "rootfs.upper=disk", runner.box(), "nothing"}));
    REQUIRE(run({.arguments = {"chattr", "-a", runs}}).shell_status() == 0);
    CHECK(outcome.shell_status() == 127);
    CHECK_THAT(outcome.errors, Catch::Contains("slipway: warning: what the run left stays for now: ") &&
                                   Catch::Contains("error: exec: exec-process: "));
    CHECK(runner.leftovers() != "");
    CHECK(runner.run({runner.box(), "true"}).shell_status() == 0);
  }
}

TEST_CASE("a relative store is known wherever the next slipway is started") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string runs = runner.own("here/runs");
      Program program(runner.plain({program_for(caller), "run", "--store", "./here", "--set", "rootfs.upper=disk",
                                    runner.box(), "sh", "-c", "echo up; sleep 40"}));
      REQUIRE(program.wait_for_output("up"));
      CHECK_FALSE(fs::is_empty(runs));
      program.signal(SIGKILL);
      (void)program.wait();
      Command elsewhere = runner.command({"run", runner.box(), "true"});
      elsewhere.directory = "/";
      CHECK(eventually([&] { return run(elsewhere).shell_status() == 0 && fs::is_empty(runs); }));
      CHECK_FALSE(fs::exists("/here"));
      CHECK(runner.leftovers() == "");
      REQUIRE(run(elsewhere).errors == "");
    }
  }
}

TEST_CASE("an empty name of a target or a store is said to be empty") {
  Runner& runner = shared(callers().front());
  for (const std::string verb : {"run", "plan", "check"}) {
    const Outcome outcome = runner.slipway({verb, ""});
    CHECK(outcome.shell_status() == (verb == "run" ? 125 : 1));
    CHECK_THAT(outcome.errors, Catch::StartsWith("slipway: error: the target's name is empty\n  hint: "));
  }
  CHECK_THAT(runner.slipway({"run", "--store", "", runner.box()}).errors,
             Catch::StartsWith("slipway: error: the store's path is empty\n"));
}

}  // namespace
}  // namespace slipway::tests
