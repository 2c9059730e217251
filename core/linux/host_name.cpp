#include "core/linux/host_name.hpp"

#include <algorithm>

namespace slipway::linux {
namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

}  // namespace

bool is_host_name(std::string_view name) {
  bool begins_part = true;
  for (const char c : name) {
    const bool fits = is_letter_or_digit(c) || c == '_' || (!begins_part && (c == '-' || c == '.'));
    if (!fits) return false;
    begins_part = c == '.';
  }
  return !begins_part;
}

std::string host_name_in(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t first = line.find_first_not_of(kBlank);
    if (first == std::string_view::npos || line[first] == '#') continue;
    return std::string(line.substr(first, line.find_last_not_of(kBlank) + 1 - first));
  }
  return {};
}

}  // namespace slipway::linux
