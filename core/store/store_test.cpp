#include "core/store/store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>

#include "tests/support/archive.hpp"

using namespace slipway;
using namespace slipway::store;
using slipway::tests::TemporaryDirectory;

namespace {

Store opened(const std::string& path) {
  auto store = Store::open(path);
  if (!store) throw std::runtime_error(sentence(store.error()));
  return std::move(*store);
}

linux::Fd open_file(const std::string& path) { return linux::Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); }

void make_old(const std::string& path) {
  const utimbuf old{1'600'000'000, 1'600'000'000};
  ::utime(path.c_str(), &old);
}

}  // namespace

TEST_CASE("a store is made where none is, closed to others, and opens again") {
  const TemporaryDirectory directory;
  const std::string path = directory / "data/slipway";
  opened(path);
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0700);
  CHECK(tests::read_file(path + "/version") == kVersion);
  opened(path);
}

TEST_CASE("a store refuses a directory that could not be its own") {
  const TemporaryDirectory directory;
  const std::string path = directory / "store";
  SECTION("one that holds other things") {
    std::filesystem::create_directory(path);
    tests::write_file(path + "/letter", "dear");
    const auto store = Store::open(path);
    REQUIRE_FALSE(store);
    CHECK_THAT(sentence(store.error()), Catch::EndsWith("holds other things"));
  }
  SECTION("a link") {
    std::filesystem::create_directory(directory / "real");
    std::filesystem::create_directory_symlink("real", path);
    const auto store = Store::open(path);
    REQUIRE_FALSE(store);
    CHECK(store.error().hint == "it must be a directory, not a link to one");
  }
  SECTION("one that others may enter") {
    opened(path);
    ::chmod(path.c_str(), 0755);
    const auto store = Store::open(path);
    REQUIRE_FALSE(store);
    CHECK_THAT(sentence(store.error()), Catch::EndsWith("is open to other users"));
  }
  SECTION("another user's") {
    if (::geteuid() != 0) return;
    opened(path);
    REQUIRE(::chown(path.c_str(), 12345, 12345) == 0);
    const auto store = Store::open(path);
    REQUIRE_FALSE(store);
    CHECK_THAT(sentence(store.error()), Catch::EndsWith("belongs to user 12345"));
  }
  SECTION("one of another format") {
    opened(path);
    tests::write_file(path + "/version", "7\n");
    const auto store = Store::open(path);
    REQUIRE_FALSE(store);
    CHECK_THAT(sentence(store.error()), Catch::Contains("a format that this slipway does not know"));
  }
}

TEST_CASE("an image record comes back as it was kept, and the newest one counts") {
  const TemporaryDirectory directory;
  const Store store = opened(directory / "store");
  CHECK_FALSE(*store.find_image("abc"));
  REQUIRE(store.keep_image("abc", "one"));
  REQUIRE(store.keep_image("abc", "two"));
  CHECK(**store.find_image("abc") == "two");
  CHECK(std::distance(std::filesystem::directory_iterator(directory / "store/images"), {}) == 1);
  CHECK_FALSE(store.find_image("../version"));
}

TEST_CASE("a record is given up while somebody else keeps the records to himself, and kept afterwards") {
  const TemporaryDirectory directory;
  const Store store = opened(directory.path() + "/store");
  linux::Fd cleaning = open_file(store.path() + "/images");
  REQUIRE(::flock(cleaning.get(), LOCK_EX) == 0);
  REQUIRE(store.keep_image("key", "record"));
  CHECK_FALSE(store.find_image("key").value());
  cleaning.reset();
  REQUIRE(store.keep_image("key", "record"));
  CHECK(store.find_image("key").value() == "record");
}

TEST_CASE("a source's key changes with the file, the options and the plugin") {
  const TemporaryDirectory directory;
  tests::write_file(directory / "a", "one");
  tests::write_file(directory / "b", "one");
  const auto key = [&](const char* name, const char* options, const char* plugin) {
    return key_of_source(open_file(directory / name), options, plugin)->key;
  };
  CHECK(key("a", "{}", "p") == key("a", "{}", "p"));
  CHECK(key("a", "{}", "p") != key("b", "{}", "p"));
  CHECK(key("a", "{}", "p") != key("a", "{ }", "p"));
  CHECK(key("a", "{}", "p") != key("a", "{}", "q"));
  const std::string before = key("a", "{}", "p");
  make_old(directory / "a");
  CHECK(key("a", "{}", "p") != before);
}

TEST_CASE("a source that has just changed is too young to be remembered") {
  const TemporaryDirectory directory;
  tests::write_file(directory / "a", "one");
  CHECK(key_of_source(open_file(directory / "a"), "", "")->too_young);
  make_old(directory / "a");  // the change of its times is itself a change
  CHECK(key_of_source(open_file(directory / "a"), "", "")->too_young);
  CHECK_FALSE(key_of_source(open_file("/bin/sh"), "", "")->too_young);
}

TEST_CASE("forms tell id maps apart, and exact owners from squashed ones") {
  const linux::IdMap single{{{0, 1000, 1}}, {{0, 1000, 1}}};
  const linux::IdMap range{{{0, 1000, 1}, {1, 100000, 65536}}, {{0, 1000, 1}, {1, 100000, 65536}}};
  CHECK(form_of({}, Owners::squashed) == "3-host-exact");
  CHECK(is_squashed(form_of(single, Owners::squashed)));
  CHECK_FALSE(is_squashed(form_of(range, Owners::exact)));
  CHECK(form_of(single, Owners::squashed) != form_of(range, Owners::squashed));
  CHECK(form_of(range, Owners::squashed) != form_of(range, Owners::exact));
  CHECK(form_of({}, Owners::squashed) == form_of({}, Owners::exact));  // there is nothing to squash
}

TEST_CASE("a run's directory comes and goes") {
  const TemporaryDirectory directory;
  const Store store = opened(directory / "store");
  const auto run = store.make_run_directory("run1");
  REQUIRE(run);
  REQUIRE(::mkdirat(run->get(), "work", 0000) == 0);
  CHECK_FALSE(store.make_run_directory("run1"));
  CHECK_FALSE(store.make_run_directory("../run2"));
  REQUIRE(store.remove_run_directory("run1"));
  REQUIRE(store.remove_run_directory("run1"));
  CHECK(std::filesystem::is_empty(directory / "store/runs"));
}
