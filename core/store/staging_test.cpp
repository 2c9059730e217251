#include "core/store/staging.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>

#include "core/store/store.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/skip.hpp"

using namespace slipway;
using namespace slipway::store;
using slipway::tests::TemporaryDirectory;

namespace {

constexpr const char* kForm = "1-host-exact";

// A store with one staging directory, and that directory's path.
struct Made {
  TemporaryDirectory directory{};
  Store store = *Store::open(directory / "store");
  Staging staging = *Staging::in_store(store.directory(), kForm);

  [[nodiscard]] std::string layers() const { return store.path() + "/layers"; }
  [[nodiscard]] std::string path() const {
    return std::filesystem::directory_iterator(store.path() + "/staging")->path();
  }
};

}  // namespace

TEST_CASE("what a worker has left becomes a layer, and the rest of it goes") {
  TemporaryDirectory directory;
  const Store store = *Store::open(directory / "store");
  {
    const Staging staging = *Staging::in_store(store.directory(), kForm);
    const std::string path = std::filesystem::directory_iterator(store.path() + "/staging")->path();
    std::filesystem::create_directories(path + "/one/tree/etc");
    std::filesystem::create_directories(path + "/two/tree");
    REQUIRE(staging.commit("one", {}));
    CHECK(std::filesystem::exists(store.path() + "/layers/one/tree/etc"));
  }
  CHECK(std::filesystem::is_empty(store.path() + "/staging"));
  CHECK_FALSE(std::filesystem::exists(store.path() + "/layers/two"));
}

TEST_CASE("what is no layer does not become one") {
  const Made made;
  int expected = 0;
  Losses losses;
  bool stands = false;  // before
  SECTION("nothing") { expected = ENOENT; }
  SECTION("a directory without a tree") {
    std::filesystem::create_directory(made.path() + "/one");
    expected = ENOENT;
  }
  SECTION("a link to a directory with one") {
    std::filesystem::create_directories(made.path() + "/other/tree");
    std::filesystem::create_directory_symlink("other", made.path() + "/one");
    expected = ENOTDIR;
  }
  SECTION("a tree that is a link") {
    std::filesystem::create_directory(made.path() + "/one");
    std::filesystem::create_directory_symlink("/etc", made.path() + "/one/tree");
    expected = ENOTDIR;
  }
  SECTION("a tree that is a file") {
    std::filesystem::create_directory(made.path() + "/one");
    tests::write_file(made.path() + "/one/tree", "");
    expected = ENOTDIR;
  }
  SECTION("another user's") {
    if (::geteuid() != 0) SLIPWAY_SKIP("needs root");
    std::filesystem::create_directories(made.path() + "/one/tree");
    REQUIRE(::chown((made.path() + "/one").c_str(), 12345, 12345) == 0);
    expected = EPERM;
  }
  SECTION("one that is there already") {
    std::filesystem::create_directories(made.path() + "/one/tree");
    std::filesystem::create_directories(made.layers() + "/one/tree/before");
    stands = true;
    expected = EEXIST;
  }
  SECTION("one with a record of losses that is the worker's own") {
    std::filesystem::create_directories(made.path() + "/one/tree");
    std::filesystem::create_symlink(made.layers() + "/elsewhere", made.path() + "/one/losses");
    losses.devices_skipped = 1;
    expected = EEXIST;
  }
  const auto kept = made.staging.commit("one", losses);
  REQUIRE_FALSE(kept);
  CHECK(kept.error().code == expected);
  CHECK(std::filesystem::exists(made.layers() + "/one") == stands);
  CHECK_FALSE(std::filesystem::exists(made.layers() + "/elsewhere"));
}

TEST_CASE("what dead runs of the same form have left is handed on, and nothing of the living") {
  const TemporaryDirectory directory;
  const Store store = *Store::open(directory / "store");
  const std::string place = store.path() + "/staging/";
  std::filesystem::create_directories(place + kForm + ".dead/half/tree");
  std::filesystem::create_directories(place + "1-another-exact.dead");
  const Staging alive = *Staging::in_store(store.directory(), kForm);
  CHECK(::faccessat(alive.directory().get(), "1-host-exact.dead/half/tree", F_OK, 0) == 0);
  const Staging second = *Staging::in_store(store.directory(), kForm);
  CHECK(std::filesystem::exists(place + "1-another-exact.dead"));
  CHECK(std::distance(std::filesystem::directory_iterator(place), {}) == 3);
  CHECK(::faccessat(alive.directory().get(), "1-host-exact.dead", F_OK, 0) == 0);
}
