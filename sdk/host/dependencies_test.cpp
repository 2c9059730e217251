#include "sdk/host/dependencies.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using slipway::host::Dependencies;
using slipway::host::depends_on_directory;

TEST_CASE("libraries that are looked for from the current directory are told, and no others") {
  struct Row {
    Dependencies dependencies;
    const char* told;  // nullptr: nothing
  };
  const Row rows[] = {
      {{{"libc.so.6", "libm.so.6"}, {}}, nullptr},
      {{{"/usr/lib/libx.so"}, {"/opt/lib:/usr/lib"}}, nullptr},
      {{{"$ORIGIN/libx.so"}, {"$ORIGIN", "${ORIGIN}/../lib:/lib"}}, nullptr},
      {{{"lib/libx.so"}, {}}, "\"lib/libx.so\""},
      {{{"./libx.so"}, {}}, "\"./libx.so\""},
      {{{"$ORIGINAL/libx.so"}, {}}, "\"$ORIGINAL/libx.so\""},
      {{{"$LIB/libx.so"}, {}}, "\"$LIB/libx.so\""},
      {{{}, {""}}, "\"\""},
      {{{}, {"lib"}}, "\"lib\""},
      {{{}, {":/lib"}}, "\":/lib\""},
      {{{}, {"/lib:"}}, "\"/lib:\""},
      {{{}, {"/lib::/usr/lib"}}, "\"/lib::/usr/lib\""},
      {{{}, {"/lib:."}}, "\"/lib:.\""},
  };
  for (const Row& row : rows) {
    const auto problem = depends_on_directory(row.dependencies);
    CAPTURE(row.told == nullptr ? "nothing" : row.told);
    CHECK(problem.has_value() == (row.told != nullptr));
    if (problem && row.told != nullptr) {
      CHECK(problem->message.find(row.told) != std::string::npos);
      CHECK_FALSE(problem->hint.empty());
    }
  }
}

TEST_CASE("what a library needs is read out of its file") {
  const int file = ::open(SLIPWAY_FIXTURES "/fixture-c.so", O_RDONLY | O_CLOEXEC);
  REQUIRE(file >= 0);
  const auto found = slipway::host::read_dependencies(file);
  ::close(file);
  REQUIRE(found);
  CHECK_THAT(found->needed, Catch::VectorContains(std::string("libc.so.6")));  // behind a sanitizer's, in such a build
  CHECK(found->run_paths.empty());
}
