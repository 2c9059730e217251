// Places in the order of size. Knows nothing of what is ranked.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace slipway::compare {

/// Each figure's place in ascending order, from 1; equal figures share the mean of their places.
/// M. G. Kendall, "Rank Correlation Methods", 4th edition, Griffin, 1970, chapter 3 (tied ranks).
std::vector<double> mean_ranks(std::span<const double> figures);

/// How many figures each group of equal ones has, groups of one among them; in ascending order of the figures.
std::vector<std::size_t> tied_groups(std::span<const double> figures);

}  // namespace slipway::compare
