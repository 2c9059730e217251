#include "core/compare/statistics/dominance.hpp"

#include <algorithm>
#include <vector>

namespace slipway::compare {

std::optional<double> cliffs_delta(std::span<const double> first, std::span<const double> second) {
  if (first.empty() || second.empty()) return std::nullopt;
  std::vector<double> a(first.begin(), first.end());
  std::vector<double> b(second.begin(), second.end());
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  // For each of a, how many of b are below and how many above; both bounds only ever move up.
  double above = 0;
  double below = 0;
  auto lower = b.begin();
  auto upper = b.begin();
  for (const double figure : a) {
    while (lower != b.end() && *lower < figure) ++lower;
    while (upper != b.end() && *upper <= figure) ++upper;
    above += static_cast<double>(lower - b.begin());
    below += static_cast<double>(b.end() - upper);
  }
  return (above - below) / (static_cast<double>(a.size()) * static_cast<double>(b.size()));
}

}  // namespace slipway::compare
