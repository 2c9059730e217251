#include "core/compare/statistics/holm.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace slipway::compare {

std::vector<double> holm(std::span<const double> p_values) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (!std::isnan(p_values[i])) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.begin(), p_values.end());
  double most = 0;  // a test is never called more certain than one with a smaller p
  for (std::size_t step = 0; step < order.size(); ++step) {
    const double times = static_cast<double>(order.size() - step);
    most = std::max(most, std::min(1.0, times * p_values[order[step]]));
    adjusted[order[step]] = most;
  }
  return adjusted;
}

}  // namespace slipway::compare
