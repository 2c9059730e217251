#include "core/linux/subordinate_ids.hpp"

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

struct Line {
  std::string_view owner;
  SubordinateRange range;
};

std::optional<Line> parse(std::string_view line) {
  const std::string_view owner = cut(line, ':');
  const auto first = number(cut(line, ':'));
  const auto count = number(line);
  if (owner.empty() || !first || !count || *count == 0 || *first > UINT32_MAX - *count) return std::nullopt;
  return Line{owner, {*first, *count}};
}

}  // namespace

std::optional<SubordinateRange> largest_range(std::string_view text, std::string_view user_name, std::uint32_t uid) {
  std::optional<SubordinateRange> best;
  const std::string uid_text = std::to_string(uid);
  while (!text.empty()) {
    const auto line = parse(cut(text, '\n'));
    if (!line || (line->owner != user_name && line->owner != uid_text)) continue;
    if (!best || line->range.count > best->count) best = line->range;
  }
  return best;
}

std::vector<OwnedRange> subordinate_ranges(std::string_view text) {
  std::vector<OwnedRange> all;
  while (!text.empty()) {
    if (const auto line = parse(cut(text, '\n'))) all.push_back({std::string(line->owner), line->range});
  }
  return all;
}

}  // namespace slipway::linux
