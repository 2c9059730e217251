// The two system users that tests run as: `slipway-range` with 65536 subordinate ids, `slipway-single` without any.
// Made by the first test that asks, when root runs it; they stay.
#pragma once

#include <map>
#include <string>
#include <tl/expected.hpp>

#include "tests/support/process.hpp"

namespace slipway::tests {

struct User {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::string home;
  [[nodiscard]] Identity identity() const { return {.uid = uid, .gid = gid}; }
  /// PATH, HOME, USER and LANG: what a login would have, and nothing of the caller's.
  [[nodiscard]] std::map<std::string, std::string> environment() const;
};

/// Or why a test must be skipped: "needs root, to make and to become the user slipway-range".
tl::expected<User, std::string> user_with_range();
tl::expected<User, std::string> user_without_range();

}  // namespace slipway::tests
