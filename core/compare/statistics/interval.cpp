#include "core/compare/statistics/interval.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/compare/statistics/distributions.hpp"

namespace slipway::compare {
namespace {

/// P(the resample's m-th smallest figure is at most the k-th smallest of n): at least m of its n draws are among the k
/// smallest, each with the probability k/n.
double at_most(std::size_t k, std::size_t m, std::size_t n) {
  if (k >= n) return 1;
  const double share = static_cast<double>(k) / static_cast<double>(n);
  return 1 - binomial_at_most(static_cast<double>(m) - 1, n, share);
}

/// How often the true median is from the low-th smallest figure to the low-th largest: unless fewer than `low` figures
/// are below it, or above it, each being on either side with probability 1/2.
double coverage_from(std::size_t low, std::size_t n) {
  return std::clamp(1 - 2 * binomial_at_most(static_cast<double>(low) - 1, n, 0.5), 0.0, 1.0);
}

/// The k-th smallest figure, k from 1; reorders the figures.
double order_statistic(std::vector<double>& figures, std::size_t k) {
  const auto at = figures.begin() + static_cast<std::ptrdiff_t>(k - 1);
  std::nth_element(figures.begin(), at, figures.end());
  return *at;
}

}  // namespace

std::size_t bootstrap_bound(std::size_t figures, double beyond) {
  std::size_t low = 1;
  std::size_t high = figures;
  while (low < high) {  // the probability rises with the place, so halving finds where it is reached
    const std::size_t middle = low + (high - low) / 2;
    if (at_most(middle, (figures + 1) / 2, figures) >= beyond) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

std::optional<Interval> median_interval(std::span<const double> figures, double confidence) {
  const std::size_t n = figures.size();
  if (n == 0) return std::nullopt;
  std::size_t low = bootstrap_bound(n, (1 - confidence) / 2);
  while (low > 1 && coverage_from(low, n) < confidence) --low;
  // The upper bound is the lower one's mirror image.
  std::vector<double> values(figures.begin(), figures.end());
  return Interval{.low = order_statistic(values, low),
                  .high = order_statistic(values, n + 1 - low),
                  .coverage = coverage_from(low, n)};
}

std::size_t fewest_figures(double confidence) {
  // From the smallest to the largest of n figures: 1 - 2^(1-n) ≥ confidence.
  return static_cast<std::size_t>(std::ceil(1 - std::log2(1 - confidence)));
}

double relative_half_width(const Interval& interval, double of) {
  const double half = interval.high / 2 - interval.low / 2;
  if (half == 0) return 0;
  return of == 0 ? std::numeric_limits<double>::infinity() : half / std::abs(of);
}

}  // namespace slipway::compare
