// Two samples that nothing pairs: results of two days. Knows nothing of what they are of.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "core/compare/statistics/interval.hpp"

namespace slipway::compare {

struct MannWhitney {
  double u = 0;  ///< pairs in which the second's figure is above the first's, ties counted half
  double p = 1;  ///< two-sided
};

/// Whether one sample tends to be above the other: by the normal distribution, with the corrections for ties and for
/// continuity; good from eight figures each on.
/// H. B. Mann and D. R. Whitney, "On a Test of Whether one of Two Random Variables is Stochastically Larger than the
/// Other", Annals of Mathematical Statistics 18(1), 1947, pp. 50-60; M. Hollander and D. A. Wolfe, "Nonparametric
/// Statistical Methods", Wiley, 1973, section 4.1 (ties).
MannWhitney mann_whitney(std::span<const double> first, std::span<const double> second);

inline constexpr std::size_t kFewestUnpaired = 8;

/// By how much the second is above the first: the median over all pairs of one of each, and an interval that goes with
/// the test above (its `coverage` is the confidence asked for, by the same approximation).
struct Shift {
  double middle = 0;
  Interval interval{};
};

/// J. L. Hodges and E. L. Lehmann, "Estimates of Location Based on Rank Tests", Annals of Mathematical Statistics
/// 34(2), 1963, pp. 598-611; the interval is Moses', in Hollander and Wolfe, section 4.3. As ratios both are those of
/// the logarithms, taken back: nullopt unless all figures are above 0. Neither sample may be empty.
std::optional<Shift> ratio_between(std::span<const double> first, std::span<const double> second, double confidence);
Shift difference_between(std::span<const double> first, std::span<const double> second, double confidence);

}  // namespace slipway::compare
