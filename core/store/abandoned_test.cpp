#include "core/store/abandoned.hpp"

#include <fcntl.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "core/linux/file_lock.hpp"
#include "core/store/staging.hpp"
#include "tests/support/archive.hpp"

using namespace slipway;
using namespace slipway::store;
using slipway::tests::TemporaryDirectory;
namespace fs = std::filesystem;

namespace {

constexpr const char* kRun = "0123456789ab";
constexpr const char* kHalf = "key.new-0123456789abcdef";

struct Made {
  TemporaryDirectory directory{};
  Store store = *Store::open(directory / "store");

  void put(const std::string& name) const { tests::write_file(store.path() + "/" + name, "x"); }
  [[nodiscard]] bool has(const std::string& name) const { return fs::exists(store.path() + "/" + name); }
  [[nodiscard]] std::set<std::string> found(const std::string& spared = {}) const {
    auto abandoned = find_abandoned(store, [&](const std::string& run) { return run == spared; });
    REQUIRE(abandoned);
    std::set<std::string> names;
    for (const Abandoned& one : *abandoned) names.insert(one.folder + "/" + one.name);
    return names;
  }
};

}  // namespace

TEST_CASE("a store that nobody was killed in has nothing abandoned") {
  const Made made;
  REQUIRE(made.store.keep_image("key", "record"));
  REQUIRE(made.store.keep_start("key", "record"));
  made.put("locks/layer.lock");
  CHECK(made.found().empty());
}

TEST_CASE("what the dead have left is found and removed, each kind of it") {
  const Made made;
  REQUIRE(made.store.make_run_directory(kRun));  // and let go
  fs::create_directories(made.store.path() + "/runs/" + kRun + "/upper/deep");
  fs::create_directories(made.store.path() + "/staging/form.01/layer/tree");
  made.put("locks/layer.unpack");
  for (const std::string folder : {"images/", "starts/", ""}) made.put(folder + kHalf);
  const std::set<std::string> expected = {std::string("runs/") + kRun,    "staging/form.01",
                                          "locks/layer.unpack",           std::string("images/") + kHalf,
                                          std::string("starts/") + kHalf, std::string("./") + kHalf};
  CHECK(made.found() == expected);
  auto abandoned = find_abandoned(made.store, {});
  REQUIRE(abandoned);
  for (const Abandoned& one : *abandoned) CHECK(remove_abandoned(made.store, one));
  for (const std::string& name : expected) CHECK_FALSE(made.has(name));
  abandoned->clear();
  CHECK(made.found().empty());
}

TEST_CASE("what somebody holds is not abandoned, and becomes so when he lets go") {
  const Made made;
  {
    const auto run = made.store.make_run_directory(kRun);
    REQUIRE(run);
    const auto staging = Staging::in_store(made.store.directory(), "form");
    REQUIRE(staging);
    made.put("locks/layer.unpack");
    const linux::Fd lock(::open((made.store.path() + "/locks/layer.unpack").c_str(), O_RDWR | O_CLOEXEC));
    REQUIRE(linux::lock(lock, linux::Lock::exclusive));
    CHECK(made.found().empty());
  }
  CHECK(made.found() == std::set<std::string>{std::string("runs/") + kRun, "locks/layer.unpack"});
}

TEST_CASE("a run directory that is spared is left alone") {
  const Made made;
  REQUIRE(made.store.make_run_directory(kRun));
  CHECK(made.found(kRun).empty());
}

TEST_CASE("who found something has it to himself") {
  const Made made;
  REQUIRE(made.store.make_run_directory(kRun));
  made.put("locks/layer.unpack");
  const auto first = find_abandoned(made.store, {});
  REQUIRE(first);
  CHECK(first->size() == 2);
  CHECK(made.found().empty());
}

TEST_CASE("a staging directory is announced before it is made, and not made when that fails") {
  const Made made;
  std::string announced;
  const auto staging = Staging::in_store(made.store.directory(), "form", [&](const std::string& name) -> Result<void> {
    CHECK_FALSE(made.has("staging/" + name));
    announced = name;
    return {};
  });
  REQUIRE(staging);
  CHECK(made.has("staging/" + announced));
  CHECK_FALSE(Staging::in_store(made.store.directory(), "form",
                                [](const std::string&) -> Result<void> { return failure(ENOSPC, "write"); }));
  CHECK(std::distance(fs::directory_iterator(made.store.path() + "/staging"), fs::directory_iterator()) == 1);
}

TEST_CASE("who writes a record removes what the dead have half written beside it") {
  const Made made;
  made.put(std::string("images/") + kHalf);
  made.put("images/new-0123456789abcdef");  // a record of that name, if a strange one
  REQUIRE(made.store.keep_image("other", "record"));
  CHECK_FALSE(made.has(std::string("images/") + kHalf));
  CHECK(made.has("images/new-0123456789abcdef"));
  CHECK(made.has("images/other"));
}
