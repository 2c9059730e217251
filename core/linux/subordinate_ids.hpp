// The ranges of /etc/subuid and /etc/subgid; subuid(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace slipway::linux {

struct SubordinateRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

/// The largest range that `text` (a file of NAME-or-UID:FIRST:COUNT lines) gives to this user. Lines that are not
/// of that form are passed over, as newuidmap does.
std::optional<SubordinateRange> largest_range(std::string_view text, std::string_view user_name, std::uint32_t uid);

/// The first id behind every range that `text` gives to anybody; 0 where there is none.
std::uint64_t end_of_ranges(std::string_view text);

}  // namespace slipway::linux
