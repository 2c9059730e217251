#include "core/run/removal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>

#include "core/linux/file_lock.hpp"
#include "core/store/store.hpp"
#include "tests/support/scratch.hpp"

using namespace slipway;
using namespace slipway::run;
namespace fs = std::filesystem;

namespace {

constexpr const char* kRun = "0123456789ab";

store::Store store_in(const tests::Scratch& scratch) {
  auto store = store::Store::open(scratch / "store");
  REQUIRE(store);
  return std::move(*store);
}

}  // namespace

TEST_CASE("what a run wrote is removed with all that lies in it, whatever its modes") {
  const tests::Scratch scratch;
  const store::Store store = store_in(scratch);
  REQUIRE(store.make_run_directory(kRun));
  const std::string run = store.path() + "/runs/" + kRun;
  fs::create_directories(run + "/upper/a/b");
  scratch.write("store/runs/" + std::string(kRun) + "/upper/a/b/file", "x");
  scratch.write("kept", "x");
  fs::create_symlink(scratch / "kept", run + "/upper/link");
  fs::create_directory_symlink(scratch.path(), run + "/upper/directory");
  REQUIRE(::chmod((run + "/upper/a/b").c_str(), 0000) == 0);
  const auto removed = remove_run_directory({RunDirectory::Kind::written, kRun, "", store.path()});
  CHECK(removed);
  CHECK_FALSE(fs::exists(run));
  CHECK(fs::exists(scratch / "kept"));
  CHECK(remove_run_directory({RunDirectory::Kind::written, kRun, "", store.path()}));  // one that is gone is no error
}

TEST_CASE("where the store is gone there is nothing to remove, and none is made") {
  const tests::Scratch scratch;
  const std::string gone = scratch / "gone";
  CHECK(remove_run_directory({RunDirectory::Kind::written, kRun, "", gone}));
  CHECK(remove_run_directory({RunDirectory::Kind::written, kRun, "", gone + "/deeper"}));
  CHECK_FALSE(fs::exists(gone));
  fs::create_directory(gone);
  CHECK(remove_run_directory({RunDirectory::Kind::written, kRun, "", gone}));
  CHECK(fs::is_empty(gone));
}

TEST_CASE("a record that names no run, no store or no ids removes nothing") {
  const tests::Scratch scratch;
  const store::Store store = store_in(scratch);
  REQUIRE(store.make_run_directory(kRun));
  const std::string run = store.path() + "/runs/" + kRun;
  CHECK_FALSE(remove_run_directory({RunDirectory::Kind::written, "../layers", "", store.path()}));
  CHECK_FALSE(remove_run_directory({RunDirectory::Kind::written, ".", "", store.path()}));
  CHECK_FALSE(remove_run_directory({RunDirectory::Kind::written, kRun, "no map", store.path()}));
  scratch.directory("other", ::geteuid(), ::getegid(), 0700);
  scratch.write("other/file", "x");
  CHECK_FALSE(remove_run_directory({RunDirectory::Kind::written, kRun, "", scratch / "other"}));
  CHECK(fs::exists(run));
  CHECK(fs::exists(scratch / "other/file"));
  CHECK(fs::exists(store.path() + "/layers"));
}

TEST_CASE("half-made layers are removed when nobody holds them, and not before") {
  const tests::Scratch scratch;
  const store::Store store = store_in(scratch);
  fs::create_directories(store.path() + "/staging/form.01/layer/tree");
  const RunDirectory record{RunDirectory::Kind::staging, "form.01", "", store.path()};
  {
    const linux::Fd worker(::open((store.path() + "/staging/form.01").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(linux::lock(worker, linux::Lock::shared));
    const auto removed = remove_run_directory(record);
    REQUIRE_FALSE(removed);
    CHECK(removed.error().code == EBUSY);
    CHECK(fs::exists(store.path() + "/staging/form.01/layer/tree"));
  }
  CHECK(remove_run_directory(record));
  CHECK(fs::is_empty(store.path() + "/staging"));
  CHECK(remove_run_directory(record));
}
