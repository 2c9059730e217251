// Whether figures rise or fall over time, and how many at the beginning are warm-up.
// Knows nothing of what is measured; a figure a block, in the order in which they ran.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace slipway::compare {

/// H. B. Mann, "Nonparametric Tests Against Trend", Econometrica 13(3), 1945, pp. 245-259; M. G. Kendall, "Rank
/// Correlation Methods", 4th edition, Griffin, 1970, chapters 3 and 4 (ties; the normal distribution as its limit, with
/// a correction for continuity). Good from some ten figures on.
struct MannKendall {
  std::int64_t s = 0;   ///< pairs of figures that rise, less those that fall
  double tau = 0;       ///< tau-b: -1 always falling, 1 always rising
  double variance = 0;  ///< of s, were there no trend
  double p = 1;         ///< two-sided
};

/// n·log n by W. R. Knight, "A Computer Method for Calculating Kendall's Tau with Ungrouped Data", Journal of the
/// American Statistical Association 61, 1966, pp. 436-439.
MannKendall mann_kendall(std::span<const double> series);

/// How many figures precede the place where the series changes its level most clearly; 0 of a series that is all equal.
/// A. N. Pettitt, "A Non-Parametric Approach to the Change-Point Problem", Applied Statistics 28(2), 1979,
/// pp. 126-135, in its form by ranks.
std::size_t change_point(std::span<const double> series);

struct WarmUp {
  std::size_t figures = 0;  ///< so many at the beginning are warm-up
  bool drifts = false;      ///< there is a trend, and it is not over after a third: no warm-up, the machine changes
  MannKendall whole{};      ///< the test of the whole series
};

/// As long as there is a trend, what precedes the change point is taken for warm-up. Of fewer than ten figures nothing
/// is said.
WarmUp find_warm_up(std::span<const double> series, double level);

}  // namespace slipway::compare
