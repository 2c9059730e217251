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

/// The smallest k, from 1, at which the probability reaches `wanted`. It rises with k, so halving finds it.
std::size_t smallest_reaching(double wanted, std::size_t m, std::size_t n) {
  std::size_t low = 1;
  std::size_t high = n;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (at_most(middle, m, n) >= wanted) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/// The k-th smallest figure, k from 1; reorders the figures.
double order_statistic(std::vector<double>& figures, std::size_t k) {
  const auto at = figures.begin() + static_cast<std::ptrdiff_t>(k - 1);
  std::nth_element(figures.begin(), at, figures.end());
  return *at;
}

}  // namespace

std::optional<Interval> median_interval(std::span<const double> figures, double confidence) {
  const std::size_t n = figures.size();
  if (n == 0) return std::nullopt;
  const double beyond = (1 - confidence) / 2;
  // The same number of figures is cut off at either end. The upper bound is the lower one's mirror image, which is
  // also where the probability reaches 1 - beyond, but for its rounding.
  const std::size_t low = smallest_reaching(beyond, (n + 1) / 2, n);
  const std::size_t high = n + 1 - low;
  std::vector<double> values(figures.begin(), figures.end());
  // The true median is in between unless fewer than `low` figures are below it, or above it: each figure is on either
  // side with probability 1/2. W. J. Conover, as in quantiles.hpp, section 3.2.
  const double coverage = 1 - 2 * binomial_at_most(static_cast<double>(low) - 1, n, 0.5);
  return Interval{.low = order_statistic(values, low),
                  .high = order_statistic(values, high),
                  .coverage = std::clamp(coverage, 0.0, 1.0)};
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
