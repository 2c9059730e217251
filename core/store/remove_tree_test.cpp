#include "core/store/remove_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/archive.hpp"

using namespace slipway;
using namespace slipway::store;
using slipway::tests::TemporaryDirectory;

namespace {
linux::Fd open_directory(const std::string& path) {
  return linux::Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}
}  // namespace

TEST_CASE("removing a tree leaves what its links point to") {
  const TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "outside");
  tests::write_file(directory / "outside/kept", "kept");
  std::filesystem::create_directories(directory / "tree/sub");
  std::filesystem::create_directory_symlink(directory / "outside", directory / "tree/sub/link");
  std::filesystem::create_directory_symlink("../outside", directory / "tree/link");
  tests::write_file(directory / "tree/sub/file", "gone");
  REQUIRE(remove_tree_at(open_directory(directory.path()), "tree"));
  CHECK_FALSE(std::filesystem::exists(directory / "tree"));
  CHECK(tests::read_file(directory / "outside/kept") == "kept");
}

TEST_CASE("a link in the tree's own place goes, and not what it points to") {
  const TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "outside");
  std::filesystem::create_directory_symlink("outside", directory / "tree");
  REQUIRE(remove_tree_at(open_directory(directory.path()), "tree"));
  CHECK(std::filesystem::exists(directory / "outside"));
}

TEST_CASE("directories without permission are removed") {
  const TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "tree/work/inner");
  ::chmod((directory / "tree/work/inner").c_str(), 0000);
  ::chmod((directory / "tree/work").c_str(), 0500);
  REQUIRE(remove_tree_at(open_directory(directory.path()), "tree"));
  CHECK(std::filesystem::is_empty(directory.path()));
}

TEST_CASE("a tree deeper than there are descriptors is removed") {
  const TemporaryDirectory directory;
  linux::Fd at = open_directory(directory.path());
  for (int depth = 0; depth < 3000; ++depth) {
    REQUIRE(::mkdirat(at.get(), "d", 0700) == 0);
    at = linux::Fd(::openat(at.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(at);
  }
  at.reset();
  REQUIRE(remove_tree_at(open_directory(directory.path()), "d"));
  CHECK(std::filesystem::is_empty(directory.path()));
}

TEST_CASE("emptying a directory leaves the directory") {
  const TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "tree/a/b");
  tests::write_file(directory / "tree/c", "");
  REQUIRE(empty_directory(open_directory(directory / "tree")));
  CHECK(std::filesystem::is_empty(directory / "tree"));
}
