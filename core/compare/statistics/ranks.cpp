#include "core/compare/statistics/ranks.hpp"

#include <algorithm>
#include <numeric>

namespace slipway::compare {

std::vector<double> mean_ranks(std::span<const double> figures) {
  std::vector<std::size_t> order(figures.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return figures[a] < figures[b]; });
  std::vector<double> ranks(figures.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && figures[order[end]] == figures[order[begin]]) ++end;
    const double mean = static_cast<double>(begin + 1 + end) / 2;  // of the places begin + 1 to end
    for (std::size_t place = begin; place < end; ++place) ranks[order[place]] = mean;
  }
  return ranks;
}

std::vector<std::size_t> tied_groups(std::span<const double> figures) {
  std::vector<double> sorted(figures.begin(), figures.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::size_t> groups;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i == 0 || sorted[i] != sorted[i - 1]) groups.push_back(0);
    ++groups.back();
  }
  return groups;
}

}  // namespace slipway::compare
