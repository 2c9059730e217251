#include "core/store/losses.hpp"

#include <catch2/catch.hpp>

using namespace slipway;
using namespace slipway::store;

namespace {

Losses some() {
  Losses losses;
  losses.devices_skipped = 2;
  losses.xattrs_dropped = 3;
  losses.lose_owner({"home/app", 1000, 50}, true, false);
  losses.lose_owner({"var/mail", 8, 12}, false, true);
  return losses;
}

}  // namespace

TEST_CASE("what a layer lost survives being written down") {
  const auto back = losses_from(to_text(some()));
  REQUIRE(back);
  CHECK(*back == some());
  CHECK(back->highest_uid == 1000);  // an id that is kept needs no range
  CHECK(back->highest_gid == 12);
  CHECK(losses_from(to_text(Losses{}))->any() == false);
}

TEST_CASE("of many lost owners a few are named, the first ones, and all are counted") {
  Losses losses = some();
  for (std::uint32_t id = 1; id < 100; ++id) losses.lose_owner({"many", id, id}, true, true);
  CHECK(losses.owners_lost == 101);
  REQUIRE(losses.first_owners.size() == kMostNamedOwners);
  CHECK(losses.first_owners.front().path == "home/app");
  CHECK(losses.highest_uid == 1000);
  CHECK(losses.highest_gid == 99);
}

TEST_CASE("a file that two layers have is counted once, and named once") {
  Losses losses = some();
  losses += some();
  CHECK(losses.owners_lost == 2);
  CHECK(losses.first_owners == some().first_owners);
  Losses other;
  other.lose_owner({"home/other", 1001, 0}, true, false);
  losses += other;
  CHECK(losses.owners_lost == 3);
  CHECK(losses.first_owners.back().path == "home/other");
}

TEST_CASE("a record of losses that makes no sense is an error, and what it holds cannot steer a terminal") {
  for (const char* text : {"", "{}", "[]", R"({"format":2})", R"({"format":1,"owners_lost":"x"})",
                           R"({"format":1,"devices_skipped":0,"sockets_skipped":0,"xattrs_dropped":0,"owners_lost":1,)"
                           R"("highest_uid":1,"highest_gid":1,"first_owners":[[1]]})"}) {
    CAPTURE(text);
    CHECK_FALSE(losses_from(text));
  }
  Losses losses;
  losses.lose_owner({"\x1b[2J\xff" + std::string(5000, 'x'), 1, 1}, true, true);
  const auto back = losses_from(to_text(losses));
  REQUIRE(back);
  CHECK(back->first_owners.at(0).path.find('\x1b') == std::string::npos);
  CHECK(back->first_owners.at(0).path.size() < 300);
}
