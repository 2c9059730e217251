// The store's layers: which of them are asked for, by whom, and what is known of them.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>

#include "core/store/store.hpp"
#include "tests/support/archive.hpp"

using namespace slipway;
using namespace slipway::store;
using slipway::tests::TemporaryDirectory;

namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');
const std::string kOther = "sha256:" + std::string(64, 'b');

Store opened(const std::string& path) {
  auto store = Store::open(path);
  if (!store) throw std::runtime_error(sentence(store.error()));
  return std::move(*store);
}

void put_layer(const Store& store, const std::string& digest, const std::string& form) {
  std::filesystem::create_directories(store.path() + "/layers/" + layer_entry(digest, form) + "/tree");
}

// As unpacking does.
Result<void> make_layer(const linux::Fd& staging, const std::string& digest, const std::string& form) {
  const std::string entry = layer_entry(digest, form);
  if (::mkdirat(staging.get(), entry.c_str(), 0755) != 0 ||
      ::mkdirat(staging.get(), (entry + "/tree").c_str(), 0755) != 0) {
    return failure(errno, "make a layer");
  }
  return {};
}

}  // namespace

TEST_CASE("only a whole digest is a digest") {
  CHECK(is_digest(kDigest));
  for (const std::string& text :
       {std::string(), std::string(64, 'a'), "sha256:" + std::string(63, 'a'), "sha256:" + std::string(64, 'A'),
        "sha256:" + std::string(62, 'a') + "/.", "sha512:" + std::string(64, 'a')}) {
    CAPTURE(text);
    CHECK_FALSE(is_digest(text));
  }
}

TEST_CASE("unpacking is asked for the layers that are missing and for no others") {
  const TemporaryDirectory directory;
  const Store store = opened(directory / "store");
  const std::string form = form_of({}, Owners::squashed);
  put_layer(store, kOther, form);
  const std::vector<std::string> wanted = {kOther, kDigest};
  std::vector<std::size_t> asked;
  const auto layers = store.layers(
      wanted, form, [&](std::span<const std::size_t> missing, const linux::Fd& staging) -> Result<LayerLosses> {
        asked.assign(missing.begin(), missing.end());
        for (const std::size_t i : missing) REQUIRE(make_layer(staging, wanted[i], form));
        return LayerLosses{};
      });
  REQUIRE(layers);
  // The first one lacked its lock file only: it was there when looked at again.
  CHECK(asked == std::vector<std::size_t>{1});
  CHECK(layers->size() == 2);
  for (const std::string& digest : wanted) CHECK(*store.find_layer(digest, form));
  CHECK_FALSE(*store.find_layer(kDigest, "1-another-exact"));
  REQUIRE(store.layers(wanted, form,
                       [](auto, const auto&) -> Result<LayerLosses> { return failure(0, "unpacked again"); }));
}

TEST_CASE("what a layer lost is known as long as the layer is, and of the others nothing is lost") {
  const TemporaryDirectory directory;
  const Store store = opened(directory / "store");
  const std::string form = form_of({}, Owners::squashed);
  Losses losses;
  losses.lose_owner({"home/app", 1000, 50}, true, true);
  const std::vector<std::string> wanted = {kOther, kDigest};
  REQUIRE(store.layers(wanted, form,
                       [&](std::span<const std::size_t> missing, const linux::Fd& staging) -> Result<LayerLosses> {
                         for (const std::size_t i : missing) REQUIRE(make_layer(staging, wanted[i], form));
                         return LayerLosses{{kDigest, losses}};
                       }));
  CHECK(*store.losses_of(kDigest, form) == losses);
  CHECK_FALSE(store.losses_of(kOther, form)->any());
  tests::write_file(store.path() + "/layers/" + layer_entry(kDigest, form) + "/losses", "{");
  const auto damaged = store.losses_of(kDigest, form);
  REQUIRE_FALSE(damaged);
  CHECK_THAT(damaged.error().subject, Catch::EndsWith("/losses"));
}

TEST_CASE("a layer that cannot be unpacked is nobody's") {
  const TemporaryDirectory directory;
  const Store store = opened(directory / "store");
  const auto layers = store.layers(std::vector<std::string>{kDigest}, form_of({}, Owners::squashed),
                                   [](auto, const auto&) -> Result<LayerLosses> { return failure(ENOSPC, "unpack"); });
  REQUIRE_FALSE(layers);
  CHECK(sentence(layers.error()) == "unpack: No space left on device");
  CHECK(std::filesystem::is_empty(directory / "store/locks"));
  CHECK_FALSE(*store.find_layer(kDigest, form_of({}, Owners::squashed)));
}

TEST_CASE("two runs that want the same new layers at once unpack them once") {
  const TemporaryDirectory directory;
  const std::string path = directory / "store";
  opened(path);
  const std::string form = form_of({}, Owners::squashed);
  const std::string log = directory / "log";
  std::vector<pid_t> children;
  for (int number = 0; number < 4; ++number) {
    const pid_t child = ::fork();
    if (child == 0) {
      const Store store = opened(path);
      std::vector<std::string> wanted = {kDigest, kOther};
      if (number % 2 == 1) std::swap(wanted[0], wanted[1]);
      const auto layers = store.layers(
          wanted, form, [&](std::span<const std::size_t> missing, const linux::Fd& staging) -> Result<LayerLosses> {
            const linux::Fd file(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
            for (const std::size_t i : missing) {
              (void)linux::write_all(file, "x");
              if (auto made = make_layer(staging, wanted[i], form); !made) return tl::unexpected(made.error());
            }
            return LayerLosses{};
          });
      ::_exit(layers ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  CHECK(tests::read_file(log) == "xx");
}

TEST_CASE("who waits for another run's unpacking can be asked to stop") {
  const TemporaryDirectory directory;
  const Store store = opened(directory / "store");
  const std::string lock =
      directory / ("store/locks/" + layer_entry(kDigest, form_of({}, Owners::squashed)) + ".unpack");
  const linux::Fd other(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  REQUIRE(::flock(other.get(), LOCK_EX) == 0);
  int asked = 0;
  const auto layers = store.layers(
      std::vector<std::string>{kDigest}, form_of({}, Owners::squashed),
      [](auto, const auto&) -> Result<LayerLosses> { return failure(0, "unpacked in spite of the lock"); },
      [&] { return ++asked == 2; });
  REQUIRE_FALSE(layers);
  CHECK(layers.error().code == EINTR);
  CHECK(asked == 2);
  CHECK(std::filesystem::exists(lock));  // it is still the other's
}

TEST_CASE("a lock whose file has been removed meanwhile is not taken for the lock") {
  const TemporaryDirectory directory;
  const Store store = opened(directory / "store");
  const std::string form = form_of({}, Owners::squashed);
  const std::string lock = directory / ("store/locks/" + layer_entry(kDigest, form) + ".unpack");
  linux::Fd other(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  REQUIRE(::flock(other.get(), LOCK_EX) == 0);
  bool is_there = false;
  const auto layers = store.layers(
      std::vector<std::string>{kDigest}, form,
      [&](auto, const linux::Fd& staging) -> Result<LayerLosses> {
        is_there = std::filesystem::exists(lock);
        REQUIRE(make_layer(staging, kDigest, form));
        return LayerLosses{};
      },
      [&] {
        std::filesystem::remove(lock);
        other.reset();
        return false;
      });
  REQUIRE(layers);
  CHECK(is_there);
  CHECK_FALSE(std::filesystem::exists(lock));
}
