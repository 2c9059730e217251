#include "core/linux/subordinate_ids.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace slipway::linux {
namespace {

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string_view cut(std::string_view& rest, char at) {
  const std::size_t end = rest.find(at);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

// Calls `visit(owner, range)` for each line that is of the form.
template <class Visit>
void for_each_range(std::string_view text, Visit visit) {
  while (!text.empty()) {
    std::string_view line = cut(text, '\n');
    const std::string_view owner = cut(line, ':');
    const auto first = number(cut(line, ':'));
    const auto count = number(line);
    if (owner.empty() || !first || !count || *count == 0 || *first > UINT32_MAX - *count) continue;
    visit(owner, SubordinateRange{*first, *count});
  }
}

}  // namespace

std::optional<SubordinateRange> largest_range(std::string_view text, std::string_view user_name, std::uint32_t uid) {
  std::optional<SubordinateRange> best;
  const std::string uid_text = std::to_string(uid);
  for_each_range(text, [&](std::string_view owner, const SubordinateRange& range) {
    if (owner != user_name && owner != uid_text) return;
    if (!best || range.count > best->count) best = range;
  });
  return best;
}

std::uint64_t end_of_ranges(std::string_view text) {
  std::uint64_t end = 0;
  for_each_range(text, [&](std::string_view, const SubordinateRange& range) {
    end = std::max(end, std::uint64_t{range.first} + range.count);
  });
  return end;
}

}  // namespace slipway::linux
