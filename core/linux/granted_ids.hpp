// Which ids an ordinary user may map into a user namespace, by the files that newuidmap and newgidmap read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/linux/id_map.hpp"

namespace slipway::linux {

/// Whose ranges, and the id of the same kind that is theirs anyhow.
struct Grantee {
  std::string name{};
  std::uint32_t uid = 0;     ///< both files are keyed by the user
  std::uint32_t own_id = 0;  ///< which may be mapped alone
};

/// Why `range` may not be mapped, by `text` of `file` ("/etc/subuid gives app the ids 100000 to 165535"); nullopt where
/// it may.
std::optional<std::string> why_not_granted(const IdRange& range, const Grantee& grantee, std::string_view file,
                                           std::string_view text);

enum class IdKind { user, group };
/// The same for the calling user on this host. Where a directory service gives the ranges (nsswitch.conf(5), "subid"),
/// and for root, nothing is said.
std::optional<std::string> why_not_granted(const IdRange& range, IdKind kind);

}  // namespace slipway::linux
