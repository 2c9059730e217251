#include "core/linux/id_map.hpp"

#include <catch2/catch.hpp>

#include "core/linux/subordinate_ids.hpp"

using namespace slipway::linux;

TEST_CASE("an id map survives being written down") {
  const IdMap map{{{0, 1000, 1}, {1, 100000, 65536}}, {{0, 1000, 1}}};
  CHECK(map.to_text() == "0:1000:1,1:100000:65536/0:1000:1");
  auto back = IdMap::from_text(map.to_text());
  REQUIRE(back);
  CHECK(*back == map);
  CHECK(IdMap::from_text("")->none());
  for (const char* bad : {"x", "0:1:1", "0:1/0:1:1", "0:1:1;/0:1:1", "0:1:1,/0:1:1x"}) {
    CAPTURE(bad);
    CHECK_FALSE(IdMap::from_text(bad));
  }
}

TEST_CASE("an id map knows which ids it has") {
  const IdMap map{{{0, 1000, 1}, {1, 100000, 10}}, {{0, 1000, 1}}};
  CHECK(map.maps_uid(0));
  CHECK(map.maps_uid(10));
  CHECK_FALSE(map.maps_uid(11));
  CHECK_FALSE(map.maps_gid(5));
  CHECK_FALSE(map.single());
  CHECK(IdMap{}.maps_gid(5));
}

TEST_CASE("the largest subordinate range of a user is found by name or by number") {
  const char* text = "# comment\nother:1:9\nann:100000:65536\n1001:300000:70000\nann:x:1\nann:4294967295:2\n";
  auto by_name = largest_range(text, "ann", 5);
  REQUIRE(by_name);
  CHECK(by_name->first == 100000);
  auto larger = largest_range(text, "ann", 1001);
  REQUIRE(larger);
  CHECK(larger->count == 70000);
  CHECK_FALSE(largest_range(text, "nobody", 7));
  CHECK_FALSE(largest_range(text, "", 7));
}
