#include "core/store/unusable.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/archive.hpp"

using namespace slipway;
using namespace slipway::store;
using slipway::tests::TemporaryDirectory;
namespace fs = std::filesystem;

namespace {

struct Made {
  TemporaryDirectory directory{};
  Store store = *Store::open(directory / "store");

  void layer(const std::string& name) const { fs::create_directories(store.path() + "/layers/" + name + "/tree"); }
  [[nodiscard]] std::size_t count(const std::string& folder) const {
    const fs::directory_iterator entries(store.path() + "/" + folder);
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
  }
};

const std::string kDigits(64, 'a');

}  // namespace

TEST_CASE("the forms that this version makes are those that it can use") {
  const linux::IdMap single{{{0, 1000, 1}}, {{0, 1000, 1}}};
  for (const Owners owners : {Owners::exact, Owners::squashed}) {
    for (const linux::IdMap& map : {linux::IdMap{}, single}) {
      CHECK(is_form(form_of(map, owners)));
      CHECK(is_form(form_of(map, owners, "0:1000:1/0:1000:1")));
    }
  }
  for (const char* other : {"", "3", "3-", "3-host", "2-host-exact", "33-host-exact", "3-0123456789abcdef",
                            "3-0123456789abcdeg-exact", "3-0123456789abcde-exact", "3-0123456789abcdef-exactly"}) {
    INFO(other);
    CHECK_FALSE(is_form(other));
  }
}

TEST_CASE("a layer that is taken out leaves nothing under its name, whoever dies then") {
  const Made made;
  const std::string outdated = kDigits + ".1-host-exact";
  made.layer(outdated);
  made.layer(kDigits + "." + form_of({}, Owners::exact));
  CHECK(*unusable_layers(made.store) == std::vector<std::string>{outdated});
  {
    auto layer = UnusedLayer::take(made.store, outdated);
    REQUIRE(layer);
    REQUIRE(*layer);
    CHECK_FALSE(*UnusedLayer::take(made.store, outdated));  // by a second cleaner
    const auto staged = (*layer)->take_out();
    REQUIRE(staged);
    CHECK(fs::exists(made.store.path() + "/staging/" + *staged + "/tree"));
  }
  CHECK(made.count("layers") == 1);
  CHECK(made.count("locks") == 0);
  CHECK(unusable_layers(made.store)->empty());
}

TEST_CASE("what has a name too long for a layer's lock is taken out, too") {
  const Made made;
  const std::string stray(250, 'x');
  made.layer(stray);
  {
    auto layer = UnusedLayer::take(made.store, stray);
    REQUIRE(layer);
    REQUIRE(*layer);
    CHECK((*layer)->take_out());
  }
  CHECK(made.count("layers") == 0);
  CHECK(made.count("locks") == 0);
}
