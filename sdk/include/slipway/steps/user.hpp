#ifndef SLIPWAY_STEPS_USER_HPP
#define SLIPWAY_STEPS_USER_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// The user, group and further groups of the program, looked up in the image's own /etc/passwd and /etc/group when
/// it is carried out: `name`, `uid`, `name:group`, `uid:gid` …; empty is root. Errors: an unknown name, EINVAL for an
/// id that the container's user namespace does not map. `groups` are further ones besides those that the image's
/// /etc/group gives to the user.
struct User {
  std::string user{};
  std::vector<std::string> groups{};
};

template <>
struct Shape<User> {
  static constexpr std::string_view type = "user";
  static constexpr std::string_view meaning = "becomes the program's user";
  static constexpr std::array phases{Phase::confine};
  static constexpr std::tuple fields{
      required("user", &User::user, "USER[:GROUP], each by name or number"),
      optional("groups", &User::groups, "further groups, each by name or number"),
  };
};

}  // namespace slipway::steps

#endif
