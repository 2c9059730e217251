// Which ids a user namespace has: ranges from /etc/subuid and /etc/subgid, and what the kernel tells of one that is
// there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"

namespace slipway::linux {

/// One line of /proc/PID/uid_map; user_namespaces(7).
struct IdRange {
  std::uint32_t inside = 0;
  std::uint32_t outside = 0;
  std::uint32_t count = 0;
  friend bool operator==(const IdRange&, const IdRange&) = default;
};

/// The ids of a container's user namespace. Without ranges there is none: ids are the host's.
struct IdMap {
  std::vector<IdRange> uids{};
  std::vector<IdRange> gids{};
  [[nodiscard]] bool none() const { return uids.empty() && gids.empty(); }
  /// One id of each kind: what an ordinary user may write without help.
  [[nodiscard]] bool single() const;
  [[nodiscard]] bool maps_uid(std::uint32_t inside) const;
  [[nodiscard]] bool maps_gid(std::uint32_t inside) const;
  /// "0:1000:1,1:100000:65536/0:1000:1,…": what journals keep and what layers of different maps differ in; "" for none.
  [[nodiscard]] std::string to_text() const;
  static Result<IdMap> from_text(const std::string& text);
  friend bool operator==(const IdMap&, const IdMap&) = default;
};

/// The map of `isolation.user` "auto": none for the host's root; all the ids that there are, as themselves, for root of
/// another user namespace; the user's own id as 0 and the subordinate range of /etc/subuid and /etc/subgid after it;
/// the own id alone where there is no range, or no newuidmap or newgidmap to install it.
Result<IdMap> automatic_id_map();

/// What installs a map of more than the own id for an ordinary user; newuidmap(1).
inline constexpr const char* kNewUidMap = "/usr/bin/newuidmap";
inline constexpr const char* kNewGidMap = "/usr/bin/newgidmap";

/// The user's name in /etc/passwd; empty where it is not there.
std::string user_name(std::uint32_t uid);

/// What the ids of this process's own user namespace are outside of it.
Result<IdMap> ids_around();
/// All the ids that this process's own user namespace has, as themselves.
Result<IdMap> ids_here();
/// The user that this process is outside of its user namespace, as far as that tells; else its own id.
std::uint32_t user_around();

/// The maps of a user namespace that is there, as this process's own user namespace sees them.
Result<IdMap> ids_of_user_namespace(const Fd& user_namespace);

/// The calling user's own id as 0, and no other.
IdMap single_id_map();

}  // namespace slipway::linux
