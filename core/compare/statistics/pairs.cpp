#include "core/compare/statistics/pairs.hpp"

#include <algorithm>
#include <cmath>

namespace slipway::compare {

Pairs pair_up(std::span<const double> baseline, std::span<const double> variant) {
  Pairs pairs;
  const std::size_t both = std::min(baseline.size(), variant.size());
  for (std::size_t block = 0; block < both; ++block) {
    // Which none that fails has, and no two figures so large that they cannot be subtracted.
    if (!std::isfinite(variant[block] - baseline[block])) continue;
    pairs.baseline.push_back(baseline[block]);
    pairs.variant.push_back(variant[block]);
  }
  pairs.left_out = std::max(baseline.size(), variant.size()) - pairs.baseline.size();
  return pairs;
}

std::vector<double> differences(const Pairs& pairs) {
  std::vector<double> values;
  values.reserve(pairs.baseline.size());
  for (std::size_t pair = 0; pair < pairs.baseline.size(); ++pair) {
    values.push_back(pairs.variant[pair] - pairs.baseline[pair]);
  }
  return values;
}

Ratios ratios(const Pairs& pairs) {
  Ratios found;
  for (std::size_t pair = 0; pair < pairs.baseline.size(); ++pair) {
    const double ratio = pairs.variant[pair] / pairs.baseline[pair];
    if (pairs.baseline[pair] > 0 && pairs.variant[pair] >= 0 && std::isfinite(ratio)) {
      found.values.push_back(ratio);
    } else {
      ++found.left_out;
    }
  }
  return found;
}

}  // namespace slipway::compare
