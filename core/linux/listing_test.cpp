#include "core/linux/listing.hpp"

#include <fcntl.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <set>

#include "core/linux/random.hpp"
#include "tests/support/archive.hpp"

using namespace slipway;
using slipway::tests::TemporaryDirectory;

TEST_CASE("a directory is empty until something lies in it") {
  const TemporaryDirectory directory;
  const linux::Fd open(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  CHECK(*linux::is_empty(open));
  tests::write_file(directory / ".hidden", "");
  CHECK_FALSE(*linux::is_empty(open));
  CHECK_FALSE(*linux::is_empty(open));  // a second look begins anew
  CHECK(linux::is_empty(linux::Fd()).error().code == EBADF);
}

TEST_CASE("a directory's names are told until enough are known") {
  const TemporaryDirectory directory;
  const linux::Fd open(::open(directory.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (const char* name : {"a", "b", "c"}) tests::write_file(directory / name, "");
  std::set<std::string> names;
  REQUIRE(linux::list(open, [&](const std::string& name) { return names.insert(name).second; }));
  CHECK(names == std::set<std::string>{"a", "b", "c"});
  int visited = 0;
  REQUIRE(linux::list(open, [&](const std::string&) { return ++visited < 2; }));
  CHECK(visited == 2);
}

TEST_CASE("random names have the length asked for and differ") {
  const auto one = linux::random_hex(8);
  const auto two = linux::random_hex(8);
  REQUIRE(one);
  REQUIRE(two);
  CHECK(one->size() == 16);
  CHECK(one->find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(*one != *two);
  CHECK(linux::to_hex(std::array<unsigned char, 3>{0, 0x0f, 0xa0}) == "000fa0");
}
