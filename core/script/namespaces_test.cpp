#include "core/script/namespaces.hpp"

#include <catch2/catch.hpp>

#include "core/script/quote.hpp"

namespace slipway::script {
namespace {

constexpr const char* kKeeper = " unshare --pid --fork --kill-child /bin/sh -c '\"$@\"; exit \"$?\"' sh";
constexpr const char* kEnd = " --propagation unchanged --fork --kill-child";

config::Isolation isolation(std::vector<std::string> namespaces) {
  config::Isolation isolation;
  isolation.namespaces = std::move(namespaces);
  return isolation;
}

std::string words_for(const config::Isolation& isolation, const linux::IdMap& ids, const Caller& caller) {
  auto words = namespace_words(isolation, ids, caller);
  REQUIRE(words);
  return quoted_all(*words);
}

TEST_CASE("the namespaces are unshare's words, as root without a user namespace") {
  CHECK(words_for(isolation({"mount", "pid", "ipc", "uts", "net", "cgroup", "time"}), {}, {0, 0}) ==
        std::string(kKeeper) + " unshare --mount --pid --ipc --uts --net --cgroup --time" + kEnd);
}

TEST_CASE("each map of ids has its words") {
  struct Row {
    const char* map;
    const char* words;
  };
  for (const Row& row : {
           Row{"0:1000:1/0:1001:1", "--map-user=0 --map-group=0"},
           Row{"0:1000:1,1:100000:65536/0:1001:1,1:200000:65536",
               "--map-user=0 --map-users=100000,1,65536 --map-group=0 --map-groups=200000,1,65536"},
           Row{"0:100000:65536/0:200000:65536",
               "--map-users=100000,0,65536 --map-groups=200000,0,65536 --setuid 0 --setgid 0"},
       }) {
    auto ids = linux::IdMap::from_text(row.map);
    REQUIRE(ids);
    CHECK(words_for(isolation({"mount"}), *ids, {1000, 1001}) ==
          " unshare --user " + std::string(row.words) + " unshare --mount" + kEnd);
  }
}

// Whoever changes ids loses the death signal: the process that keeps it has the container in a process namespace.
TEST_CASE("a container with a process namespace is in a second one, whose first process stays root") {
  CHECK(words_for(isolation({"pid", "mount"}), {}, {0, 0}) == std::string(kKeeper) + " unshare --pid --mount" + kEnd);
  auto ids = linux::IdMap::from_text("0:100000:65536/0:200000:65536");
  REQUIRE(ids);
  CHECK(words_for(isolation({"pid"}), *ids, {1000, 1001}) ==
        " unshare --user --map-users=100000,0,65536 --map-groups=200000,0,65536 --setuid 0 --setgid 0" +
            std::string(kKeeper) + " unshare --pid" + kEnd);
}

TEST_CASE("a map of ids that unshare cannot make is refused") {
  auto ids = linux::IdMap::from_text("0:1000:1,1:100000:10,11:300000:10/0:1000:1");
  REQUIRE(ids);
  const auto words = namespace_words(isolation({"mount"}), *ids, {1000, 1000});
  REQUIRE_FALSE(words);
  CHECK(words.error().subject == "isolation.user");
}

TEST_CASE("namespaces of others are nsenter's words, the user namespace first") {
  config::Isolation joined = isolation({"mount", "pid"});
  joined.user = config::Isolation::User::joined;
  joined.joins = {{"user", "", 42}, {"net", "/run/netns/a b", 0}};
  linux::IdMap ids{{{0, 1000, 1}}, {{0, 1000, 1}}};
  CHECK(words_for(joined, ids, {1000, 1000}) == " nsenter --user=/proc/42/ns/user '--net=/run/netns/a b' --" +
                                                    std::string(kKeeper) + " unshare --mount --pid" + kEnd);
}

}  // namespace
}  // namespace slipway::script
