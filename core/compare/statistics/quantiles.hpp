// What one variant's figures are like: their middle, their spread, their tail.
// Every figure handed in is finite; finite_only() makes it so. Knows nothing of blocks.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace slipway::compare {

/// The figures without those that are none (NaN: the run failed) and those that are infinite, in their order.
std::vector<double> finite_only(std::span<const double> figures);

/// The p-quantile, 0 ≤ p ≤ 1, linearly between the two nearest figures; NaN of no figures.
/// R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50(4), 1996,
/// pp. 361-365, definition 7.
double quantile(std::span<const double> figures, double p);

/// The same for figures that are in ascending order already.
double quantile_of_sorted(std::span<const double> ascending, double p);

double median(std::span<const double> figures);

/// The median distance from the median, as it is (not multiplied by 1.4826 to estimate a standard deviation).
/// F. R. Hampel, "The Influence Curve and Its Role in Robust Estimation", Journal of the American Statistical
/// Association 69, 1974, pp. 383-393.
double median_absolute_deviation(std::span<const double> figures);

/// A quantile far out, and whether there are figures enough to say anything of it.
struct Tail {
  double value = 0;
  std::size_t needed = 0;  ///< with fewer figures, even the largest is below the true quantile in 1 of 20 experiments
  bool enough = false;
};

/// The quantile with its note. n figures bound the p-quantile from above with a confidence of 1 - p^n:
/// W. J. Conover, "Practical Nonparametric Statistics", 3rd edition, Wiley, 1999, section 3.3 (tolerance limits).
Tail tail(std::span<const double> ascending, double p);

/// One variant's figures in short. All are NaN where there is no figure.
struct Summary {
  std::size_t count = 0;
  std::size_t left_out = 0;  ///< runs without a (finite) figure
  double mean = 0;
  double least = 0, lower_quartile = 0, median = 0, upper_quartile = 0, most = 0;
  double mad = 0;  ///< the median absolute deviation
  Tail p95{}, p99{};
};

Summary summarise(std::span<const double> figures);

}  // namespace slipway::compare
