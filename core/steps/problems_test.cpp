// What is refused of a step before anything acts.
#include <catch2/catch.hpp>

#include "core/steps/steps.hpp"

using namespace slipway::steps;

TEST_CASE("an environment takes variables that the kernel can hand over") {
  CHECK(problem_of(Environment{.variables = {"A=", "B=c=d"}}).empty());
  for (const char* entry : {"", "A", "=", "=x"}) {
    INFO(entry);
    CHECK(problem_of(Environment{.variables = {"A=b", entry}}).find("is not NAME=VALUE") != std::string::npos);
  }
  CHECK(problem_of(Environment{.variables = {std::string("A=b\0c", 5)}}) == "\"A=b\\x00c\" holds a NUL byte");
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
