#include "core/steps/account.hpp"

#include <catch2/catch.hpp>

using namespace slipway::steps;

namespace {

constexpr const char* kPasswd =
    "root:x:0:0:root:/root:/bin/sh\n"
    "broken line\n"
    "app:x:1000:1001:App:/home/app:/bin/sh\n"
    "toomany:x:1:1:a:b:c:d\n"
    "huge:x:4294967295:0::/:/bin/sh\n"
    "123:x:7:8::/seven:/bin/sh\n";
constexpr const char* kGroup =
    "root:x:0:\n"
    "app:x:1001:\n"
    "audio:x:29:root,app\n"
    "video:x:44:other,app\n";

}  // namespace

TEST_CASE("a user is found by name or number in the image's own files") {
  struct Row {
    const char* user;
    uid_t uid;
    gid_t gid;
    std::vector<gid_t> groups;
    const char* home;
  };
  for (const Row& row : {Row{"", 0, 0, {29}, "/root"}, Row{"app", 1000, 1001, {29, 44}, "/home/app"},
                         Row{"1000", 1000, 1001, {29, 44}, "/home/app"}, Row{"app:audio", 1000, 29, {}, "/home/app"},
                         Row{"4711", 4711, 0, {}, "/"}, Row{"4711:4712", 4711, 4712, {}, "/"},
                         Row{"app:", 1000, 1001, {29, 44}, "/home/app"}, Row{":44", 0, 44, {}, "/root"},
                         Row{"123", 7, 8, {}, "/seven"}}) {
    CAPTURE(row.user);
    const auto found = find_account(row.user, kPasswd, kGroup);
    REQUIRE(found);
    CHECK(found->uid == row.uid);
    CHECK(found->gid == row.gid);
    CHECK(found->groups == row.groups);
    CHECK(found->home == row.home);
  }
}

TEST_CASE("a user or group that the image lacks is named") {
  CHECK(find_account("nobody", kPasswd, kGroup).error().doing == "the image has no user");
  CHECK(find_account("app:wheel", kPasswd, kGroup).error().subject == "wheel");
  CHECK_FALSE(find_account("huge", kPasswd, kGroup));
  CHECK_FALSE(find_account("4294967295", kPasswd, kGroup));
  CHECK_FALSE(find_account("toomany", kPasswd, kGroup));
}

TEST_CASE("an image without passwd has root all the same") {
  const auto found = find_account("", "", "");
  REQUIRE(found);
  CHECK(found->uid == 0);
  CHECK(found->home == "/");
}
