// What a factor does by itself, and what two do together beyond that.
// Knows nothing of what the factors are.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/compare/statistics/interval.hpp"

namespace slipway::compare {

/// A factor at another level than the baseline's, both as positions.
struct Term {
  std::size_t factor = 0;
  std::size_t level = 0;
};

/// One term: by how much the level changes the figure, on the mean of all combinations of the other factors that were
/// run at both levels (a main effect). Two terms: by how much more or less both levels change it together than the sum
/// of what each does alone (a two-way interaction).
/// D. C. Montgomery, "Design and Analysis of Experiments", 8th edition, Wiley, 2013, sections 5.3 and 6.2. Montgomery
/// halves an interaction; here it is the whole difference between two differences, in the figures' own unit.
struct Effect {
  std::vector<Term> terms{};
  std::size_t combinations = 0;  ///< of the other factors: what it is the mean of
  std::vector<double> by_block{};
  std::size_t left_out = 0;  ///< blocks in which one of the runs failed
  double median = 0;         ///< over the blocks; NaN of none
  std::optional<Interval> interval{};
};

/// What the effects are found from. A variant without levels, and one whose runs all failed, takes no part.
struct Factorial {
  std::span<const std::vector<std::size_t>> levels;  ///< of each variant: a factor's position -> its level's
  std::span<const std::vector<double>> figures;      ///< of each variant: a block's figure
  std::span<const std::size_t> reference;            ///< the baseline's levels
};

/// All main effects, then all two-way interactions, in the factors' and levels' order, without those for which no
/// combination of the other factors was run at all levels that it takes.
///
/// Differences are taken within a block, so what a block as a whole is slower by cancels: the same effects come of
/// figures from which their block's mean was taken.
std::vector<Effect> effects_of(const Factorial& factorial, double confidence);

}  // namespace slipway::compare
