#ifndef SLIPWAY_STEPS_USER_HPP
#define SLIPWAY_STEPS_USER_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Becomes the program's user. With its group and further groups, looked up in the image's own /etc/passwd and
/// /etc/group when the step is carried out. A number need not stand there. Where no group is named the user has its
/// group of /etc/passwd and the further ones that /etc/group gives it; a number that is not there has group 0. groups
/// come on top of these.
///
/// Phase: confine.
///
/// Errors:
/// - no errno: the image has no such user or group; the container's user namespace has no such id
/// - EPERM: groups are asked for where the container has one id of each kind
///
/// See setresuid(2), setgroups(2), passwd(5), group(5), user_namespaces(7).
struct User {
  /// USER[:GROUP], each by name or number; empty: root. Required.
  std::string user{};
  /// Further groups, each by name or number; absent: none.
  std::vector<std::string> groups{};
};

template <>
struct Shape<User> {
  static constexpr std::string_view type = "user";
  static constexpr std::string_view meaning = "becomes the program's user";
  static constexpr std::string_view details =
      "With its group and further groups, looked up in the image's own /etc/passwd and /etc/group when the step is "
      "carried out. A number need not stand there. Where no group is named the user has its group of /etc/passwd and "
      "the further ones that /etc/group gives it; a number that is not there has group 0. groups come on top of these.";
  static constexpr std::array phases{Phase::confine};
  static constexpr std::tuple fields{
      required("user", &User::user, "USER[:GROUP], each by name or number; empty: root"),
      optional("groups", &User::groups, "further groups, each by name or number; absent: none"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"", "the image has no such user or group; the container's user namespace has no such id"},
      {"EPERM", "groups are asked for where the container has one id of each kind"},
  });
  static constexpr auto sources =
      std::to_array<std::string_view>({"setresuid(2)", "setgroups(2)", "passwd(5)", "group(5)", "user_namespaces(7)"});
};

}  // namespace slipway::steps

#endif
