// What an administrator has to do so that a user's containers have the ids that an image needs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::linux {

/// Who asks, and what the host gives so far.
struct RangeGiven {
  std::string user_name{};  ///< empty: no line of /etc/passwd has the user
  std::uint32_t uid = 0;
  std::string_view subuid{}, subgid{};  ///< the text of /etc/subuid and /etc/subgid
  bool has_helpers = true;              ///< newuidmap and newgidmap are there
};

/// One sentence for a hint: how the user gets a range of subordinate ids that holds these, which are ids inside: the
/// usermod command, or the lines for the files where usermod does not know the user.
std::string range_remedy(const RangeGiven& given, std::uint32_t highest_uid, std::uint32_t highest_gid);

/// The same for the calling user on this host.
std::string range_remedy(std::uint32_t highest_uid, std::uint32_t highest_gid);

}  // namespace slipway::linux
