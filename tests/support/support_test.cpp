#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "tests/support/leftovers.hpp"
#include "tests/support/process.hpp"
#include "tests/support/scratch.hpp"

using namespace slipway::tests;
using namespace std::chrono_literals;

TEST_CASE("a program's output, errors and status are told apart") {
  const Outcome outcome = run({.arguments = {"sh", "-c", "echo out; echo err >&2; exit 3"}});
  CHECK(outcome.output == "out\n");
  CHECK(outcome.errors == "err\n");
  CHECK(outcome.status == 3);
  CHECK(outcome.signal == 0);
  CHECK_FALSE(outcome.timed_out);
}

TEST_CASE("input longer than a pipe reaches the program while it answers") {
  const std::string text(1 << 20, 'x');
  CHECK(run({.arguments = {"cat"}, .input = text}).output == text);
  CHECK(run({.arguments = {"cat"}}).output.empty());
  CHECK(run({.arguments = {"true"}, .input = text}).status == 0);
}

TEST_CASE("environment and directory are those asked for and no others") {
  const Outcome outcome =
      run({.arguments = {"sh", "-c", "pwd; env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD="},
           .environment = std::map<std::string, std::string>{{"PATH", "/usr/bin:/bin"}, {"COLOUR", "blue"}},
           .directory = "/usr"});
  CHECK(outcome.output == "/usr\nCOLOUR=blue\nPATH=/usr/bin:/bin\n");
}

TEST_CASE("a program that takes too long is killed with its children") {
  const Outcome outcome = run({.arguments = {"sh", "-c", "sleep 1000 & echo started; wait"}, .limit = 300ms});
  CHECK(outcome.timed_out);
  CHECK(outcome.signal == SIGKILL);
  CHECK(outcome.output == "started\n");
}

TEST_CASE("a signal reaches a program that has said it is ready") {
  Program program({.arguments = {"sh", "-c", "trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done"}});
  REQUIRE(program.wait_for_output("ready\n"));
  program.signal(SIGTERM);
  CHECK(program.wait().status == 7);
}

TEST_CASE("waiting for output that never comes ends with the program") {
  Program program({.arguments = {"echo", "something else"}});
  CHECK_FALSE(program.wait_for_output("ready"));
  CHECK(program.wait().output == "something else\n");
}

TEST_CASE("a program that is not there is an error, not a status") {
  CHECK_THROWS_WITH(run({.arguments = {"/no/such/program"}}), Catch::Contains("No such file or directory"));
}

TEST_CASE("a scratch directory goes with everything in it, whatever its modes") {
  std::string path;
  {
    const Scratch scratch;
    path = scratch.path();
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0755U);
    scratch.write("file", "text", 0000);
    const std::string locked = scratch.directory("locked", ::getuid(), ::getgid());
    scratch.write("locked/file", "text");
    std::filesystem::create_directory_symlink("/usr", scratch / "link");
    ::chmod(locked.c_str(), 0000);
  }
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK(std::filesystem::exists("/usr/bin"));
}

TEST_CASE("an orphan that a run leaves behind is found and named") {
  const Scratch scratch;
  const Watch watch(nullptr, {{scratch.path(), 2}});
  run({.arguments = {"sh", "-c", "sleep 1000 >/dev/null 2>&1 & exit 0"}});
  Leftovers left = watch.look();
  REQUIRE(left.processes.size() == 1);
  CHECK_THAT(left.processes[0], Catch::Matches("[0-9]+ \\(s(h|leep)\\)"));  // it may not have come to its exec yet
  REQUIRE(::kill(std::stoi(left.processes[0]), SIGKILL) == 0);
  while (!descendants().empty()) ::usleep(1000);  // until the kernel has done it
  CHECK(watch.look().none());
}

TEST_CASE("paths are counted down to the depth asked for") {
  const Scratch scratch;
  scratch.directory("old", ::getuid(), ::getgid());
  const Watch watch(nullptr, {{scratch.path(), 2}, {scratch / "not-there-yet", 1}});
  CHECK(watch.look().none());
  scratch.directory("old/new", ::getuid(), ::getgid());
  scratch.write("old/new/too-deep", "");
  scratch.directory("not-there-yet", ::getuid(), ::getgid());
  CHECK(watch.look().to_text() == "path " + scratch / "not-there-yet" + "\npath " + scratch / "old/new" + "\n");
}
