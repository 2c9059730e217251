// Which namespaces a container has of its own, and which ids. Free of JSON, so that who only runs compiles quickly.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::config {

/// What a pipeline has when it says nothing of them.
inline constexpr std::array<std::string_view, 6> kUsualNamespaces = {"mount", "pid", "ipc", "uts", "net", "cgroup"};

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
