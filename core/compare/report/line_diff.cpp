#include "core/compare/report/line_diff.hpp"

#include <algorithm>

namespace slipway::compare {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kMostPairs = 4'000'000;  // of lines: two texts of 2000 lines

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// How many lines the rests from [i] and [j] on have in common at most.
class Common {
 public:
  Common(const Lines& first, const Lines& second)
      : width_(second.size() + 1), lengths_((first.size() + 1) * width_, 0) {
    for (std::size_t i = first.size(); i-- > 0;) {
      for (std::size_t j = second.size(); j-- > 0;) {
        lengths_[i * width_ + j] = first[i] == second[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
      }
    }
  }
  [[nodiscard]] std::size_t at(std::size_t i, std::size_t j) const { return lengths_[i * width_ + j]; }

 private:
  std::size_t width_;
  std::vector<std::size_t> lengths_;
};

}  // namespace

std::vector<DiffLine> line_diff(std::string_view first, std::string_view second) {
  const Lines a = lines_of(first), b = lines_of(second);
  std::vector<DiffLine> lines;
  std::size_t i = 0, j = 0;
  const auto add = [&](Side side, std::string_view text) { lines.push_back({side, std::string(text)}); };
  while (i < a.size() && i < b.size() && a[i] == b[i]) add(Side::both, a[i++]);
  j = i;
  const Lines rest_of_a(a.begin() + static_cast<std::ptrdiff_t>(i), a.end());
  const Lines rest_of_b(b.begin() + static_cast<std::ptrdiff_t>(j), b.end());
  if (rest_of_a.size() * rest_of_b.size() <= kMostPairs) {
    const Common common(rest_of_a, rest_of_b);
    const std::size_t begin = i;
    while (i < a.size() && j < b.size()) {
      if (a[i] == b[j]) {
        add(Side::both, a[i++]);
        ++j;
      } else if (common.at(i + 1 - begin, j - begin) >= common.at(i - begin, j + 1 - begin)) {
        add(Side::first, a[i++]);
      } else {
        add(Side::second, b[j++]);
      }
    }
  }
  while (i < a.size()) add(Side::first, a[i++]);
  while (j < b.size()) add(Side::second, b[j++]);
  return lines;
}

bool has_differences(const std::vector<DiffLine>& lines) {
  return std::any_of(lines.begin(), lines.end(), [](const DiffLine& line) { return line.side != Side::both; });
}

}  // namespace slipway::compare
