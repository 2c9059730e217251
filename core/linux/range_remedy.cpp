#include "core/linux/range_remedy.hpp"

#include <algorithm>
#include <optional>

#include "core/linux/subordinate_ids.hpp"

namespace slipway::linux {
namespace {

constexpr std::uint64_t kUsualCount = 65536;       // SUB_UID_COUNT; login.defs(5)
constexpr std::uint64_t kUsualFirst = 100000;      // SUB_UID_MIN
constexpr std::uint64_t kLastId = UINT32_MAX - 1;  // the one above is "unchanged" to chown(2)

struct Span {
  std::uint64_t first, last, count;
};

std::uint64_t end_of_ranges(std::string_view text) {
  std::uint64_t end = 0;
  for (const OwnedRange& line : subordinate_ranges(text))
    end = std::max(end, std::uint64_t{line.range.first} + line.range.count);
  return end;
}

// Behind all ranges of both files, so that no other user's is touched and one pair of numbers does for both.
std::optional<Span> free_span(const RangeGiven& given, std::uint32_t highest) {
  const std::uint64_t first = std::max({kUsualFirst, end_of_ranges(given.subuid), end_of_ranges(given.subgid)});
  // The user's own id is 0 inside, and the range begins at 1.
  const std::uint64_t count = std::max<std::uint64_t>(kUsualCount, highest);
  if (first + count - 1 > kLastId) return std::nullopt;
  return Span{first, first + count - 1, count};
}

std::string with_usermod(const RangeGiven& given, const Span& span, bool uids, bool gids) {
  const std::string range = std::to_string(span.first) + "-" + std::to_string(span.last);
  std::string command = "as root: usermod";
  if (uids) command += " --add-subuids " + range;
  if (gids) command += " --add-subgids " + range;
  return command + " " + given.user_name;
}

std::string with_lines(const RangeGiven& given, const Span& span, bool uids, bool gids) {
  const char* files = uids && gids ? "to each of /etc/subuid and /etc/subgid"
                      : uids       ? "to /etc/subuid"
                                   : "to /etc/subgid";
  return "as root: add the line " + std::to_string(given.uid) + ":" + std::to_string(span.first) + ":" +
         std::to_string(span.count) + " " + files;
}

bool is_enough(const std::optional<SubordinateRange>& range, std::uint32_t highest) {
  return range && range->count >= highest;
}

}  // namespace

std::string range_remedy(const RangeGiven& given, std::uint32_t highest_uid, std::uint32_t highest_gid) {
  const bool uids = !is_enough(largest_range(given.subuid, given.user_name, given.uid), highest_uid);
  const bool gids = !is_enough(largest_range(given.subgid, given.user_name, given.uid), highest_gid);
  std::string package = given.has_helpers ? "" : "install newuidmap and newgidmap (the package uidmap)";
  if (!uids && !gids) return package;
  const auto span = free_span(given, std::max(highest_uid, highest_gid));
  if (!span) return "no range of subordinate ids can hold an id as high as that";
  const std::string range =
      given.user_name.empty() ? with_lines(given, *span, uids, gids) : with_usermod(given, *span, uids, gids);
  return package.empty() ? range : range + ", and " + package;
}

}  // namespace slipway::linux
