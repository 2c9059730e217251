// What is refused of a step before anything acts.
#include <catch2/catch.hpp>

#include "core/steps/steps.hpp"

using namespace slipway::steps;

TEST_CASE("an environment takes variables that the kernel can hand over") {
  CHECK(problem_of(Environment{.variables = {"A=", "B=c=d", "A"}}).empty());
  for (const char* entry : {"", "=", "=x"}) {
    INFO(entry);
    CHECK(problem_of(Environment{.variables = {"A=b", entry}}).find("is not NAME=VALUE") != std::string::npos);
  }
  CHECK(problem_of(Environment{.variables = {std::string("A=b\0c", 5)}}) == "\"A=b\\x00c\" holds a NUL byte");
}

TEST_CASE("a program's end has a signal that there is, and its descriptors a number that a process can have") {
  Exec exec{.args = {"true"}};
  CHECK(problem_of(exec).empty());
  for (const std::int64_t signal : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{65}, std::int64_t{1} << 40U}) {
    exec.stop_signal = signal;
    CHECK(problem_of(exec).find("stop_signal is " + std::to_string(signal)) == 0);
  }
  exec.stop_signal = 64;
  exec.stop_timeout = -1;
  CHECK(problem_of(exec) == "stop_timeout is -1; it has 0 to 86400 seconds");
  exec.stop_timeout = 0;
  exec.preserve_fds = 1025;
  CHECK(problem_of(exec) == "preserve_fds is 1025; it has 0 to 1024 descriptors");
  CHECK(problem_of(User{.user = "app", .groups = {""}}) == "a group's name is empty");
}

TEST_CASE("an overlay's tmpfs has a size, and a directory on disk none") {
  Overlay overlay{.lower = {{"layer"}}, .target = {"/"}};
  CHECK(problem_of(overlay).empty());
  overlay.size = Size{4096};
  CHECK(problem_of(overlay).empty());
  overlay.size = Size{0};
  CHECK(problem_of(overlay) == "size is 0, which tmpfs takes for no bound at all");
  overlay.size = Size{4096};
  overlay.upper = {"upper"};
  CHECK(problem_of(overlay) == "size is for a tmpfs, but upper names a directory");
}
