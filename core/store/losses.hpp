// What a layer could not keep of what its archive says, under the ids and the rights that it was unpacked with.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::store {

/// What becomes of an owner that has no id where a layer is unpacked.
enum class Owners : std::uint8_t {
  squashed,  ///< its file belongs to root
  exact,     ///< there is no such layer
};

/// An entry whose owner has no id where the layer was unpacked.
struct LostOwner {
  std::string path{};
  std::uint32_t uid = 0, gid = 0;
  friend bool operator==(const LostOwner&, const LostOwner&) = default;
};

struct Losses {
  std::uint64_t devices_skipped = 0;  ///< an ordinary user may not make any
  std::uint64_t sockets_skipped = 0;
  std::uint64_t xattrs_dropped = 0;
  std::uint64_t owners_lost = 0;                   ///< entries with a user or a group that has no id here
  std::uint32_t highest_uid = 0, highest_gid = 0;  ///< among what has none
  std::vector<LostOwner> first_owners{};           ///< a few of them, to name
  [[nodiscard]] bool any() const { return devices_skipped + sockets_skipped + xattrs_dropped + owners_lost > 0; }
  void lose_owner(LostOwner owner, bool lost_uid, bool lost_gid);
  Losses& operator+=(const Losses& other);
  friend bool operator==(const Losses&, const Losses&) = default;
};

inline constexpr std::size_t kMostNamedOwners = 3;

/// Of several layers, by their digest; those that lost nothing need not stand in it.
using LayerLosses = std::map<std::string, Losses>;

/// As one line of JSON, which names its format, and back. What comes back is bounded, whoever wrote it.
std::string to_text(const Losses& losses);
Result<Losses> losses_from(std::string_view text);

}  // namespace slipway::store
