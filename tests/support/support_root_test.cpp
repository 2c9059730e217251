#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/leftovers.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/users.hpp"

using namespace slipway::tests;

TEST_CASE("the user with a range has 65536 ids of each kind, the other has none") {
  const auto range = user_with_range();
  const auto single = user_without_range();
  if (!range) SLIPWAY_SKIP(range.error());
  const auto lines = [](const std::string& user) {
    return run({.arguments = {"grep", "-h", "^" + user + ":.*:65536$", "/etc/subuid", "/etc/subgid"}}).output;
  };
  const std::string found = lines("slipway-range");
  CHECK(std::count(found.begin(), found.end(), '\n') == 2);
  CHECK(lines("slipway-single").empty());
  CHECK(range->uid != single->uid);
  CHECK(user_with_range()->uid == range->uid);
}

TEST_CASE("a program runs as the user asked for, with no group of root's") {
  const auto user = user_with_range();
  if (!user) SLIPWAY_SKIP(user.error());
  const Outcome outcome = run({.arguments = {"sh", "-c", "id -u; id -G; cd; pwd"},
                               .environment = user->environment(),
                               .user = user->identity()});
  CHECK(outcome.output == std::to_string(user->uid) + "\n" + std::to_string(user->gid) + "\n" + user->home + "\n");
}

TEST_CASE("a mount in a private namespace is counted there and seen nowhere else") {
  if (::geteuid() != 0) SLIPWAY_SKIP("needs root, to make a mount namespace");
  const Scratch scratch;
  const std::string point = scratch.directory("point", 0, 0);
  const PrivateMounts mounts;
  const Watch watch(&mounts, {});
  REQUIRE(run({.arguments = {"mount", "-t", "tmpfs", "none", point}, .mounts = &mounts}).shell_status() == 0);
  const Leftovers left = watch.look();
  CHECK(left.mounts == std::vector<std::string>{point});
  CHECK(left.to_text() == "mount " + point + "\n");
  CHECK(run({.arguments = {"grep", "-c", point, "/proc/self/mountinfo"}}).output == "0\n");
}
