// Which namespaces a container has of its own, and which ids. Free of JSON, so that who only runs compiles quickly.
#pragma once

#include <string>
#include <vector>

namespace slipway::config {

struct Isolation {
  enum class User { automatic, none, single };
  enum class Ids { squash, exact };
  std::vector<std::string>
      namespaces{};  ///< in the order mount pid ipc uts net cgroup time; manifests have had their say
  User user = User::automatic;
  Ids ids = Ids::squash;   ///< what becomes of an owner that has no id in the container: root, or an error
  std::string hostname{};  ///< empty without an own uts namespace
};

}  // namespace slipway::config
