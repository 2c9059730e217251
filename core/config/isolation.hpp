// Which namespaces a container has of its own, and which ids. Free of JSON, so that who only runs compiles quickly.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/linux/id_map.hpp"

namespace slipway::config {

/// What a pipeline has when it says nothing of them.
inline constexpr std::array<std::string_view, 6> kUsualNamespaces = {"mount", "pid", "ipc", "uts", "net", "cgroup"};

/// A namespace that somebody else has made.
struct Join {
  std::string space{};  ///< pid, ipc, uts, net, cgroup, time or user
  std::string path{};   ///< a file of it, as in /run/netns or /proc/PID/ns; else `process` is meant
  std::int32_t process = 0;
  friend bool operator==(const Join&, const Join&) = default;
};

struct Isolation {
  enum class User { automatic, none, single, ranges, joined };
  enum class Ids { squash, exact };
  enum class Propagation { slave, isolated, shared };
  std::vector<std::string>
      namespaces{};  ///< new ones, in the order mount pid ipc uts net cgroup time; manifests have had their say
  std::vector<Join> joins{};  ///< the user namespace first, then in the same order
  User user = User::automatic;
  linux::IdMap ranges{};  ///< of User::ranges
  Ids ids = Ids::squash;  ///< what becomes of an owner that has no id in the container: root, or an error
  Propagation propagation = Propagation::slave;
  std::string hostname{};          ///< empty without an own uts namespace, and where it is the image's
  bool hostname_of_image = false;  ///< the first line of the container's own /etc/hostname
};

}  // namespace slipway::config
