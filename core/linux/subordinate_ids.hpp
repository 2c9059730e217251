// The ranges of /etc/subuid and /etc/subgid; subuid(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::linux {

struct SubordinateRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

/// The largest range that `text` (a file of NAME-or-UID:FIRST:COUNT lines) gives to this user. Lines that are not
/// of that form are passed over, as newuidmap does.
std::optional<SubordinateRange> largest_range(std::string_view text, std::string_view user_name, std::uint32_t uid);

/// One line of such a file.
struct OwnedRange {
  std::string owner{};  ///< a name or a number
  SubordinateRange range{};
};
/// All lines of that form.
std::vector<OwnedRange> subordinate_ranges(std::string_view text);

}  // namespace slipway::linux
