// The figures of two variants side by side, block by block.
// Knows nothing of what is concluded from them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace slipway::compare {

/// The blocks in which both have a finite figure.
struct Pairs {
  std::vector<double> baseline{};
  std::vector<double> variant{};
  std::size_t left_out = 0;  ///< blocks in which a run failed, of either
};

/// Pairs the figures of the same block; where one of the two has fewer blocks, the rest is left out.
Pairs pair_up(std::span<const double> baseline, std::span<const double> variant);

/// variant - baseline, a block each: below 0 where the variant took less.
std::vector<double> differences(const Pairs& pairs);

/// variant / baseline, a block each: 0.9 where the variant took 10 % less.
struct Ratios {
  std::vector<double> values{};
  std::size_t left_out = 0;  ///< blocks whose baseline is not above 0, or whose variant is below it
};

Ratios ratios(const Pairs& pairs);

}  // namespace slipway::compare
