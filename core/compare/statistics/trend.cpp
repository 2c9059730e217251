#include "core/compare/statistics/trend.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/compare/statistics/distributions.hpp"
#include "core/compare/statistics/ranks.hpp"

namespace slipway::compare {
namespace {

constexpr std::size_t kFewest = 10;

/// Pairs in which the earlier figure is the larger one, counted while merging sorted runs of doubling length.
std::int64_t falling_pairs(std::vector<double> series) {
  std::vector<double> merged(series.size());
  std::int64_t falling = 0;
  for (std::size_t width = 1; width < series.size(); width *= 2) {
    for (std::size_t begin = 0; begin < series.size(); begin += 2 * width) {
      const std::size_t middle = std::min(begin + width, series.size());
      const std::size_t end = std::min(middle + width, series.size());
      std::size_t left = begin;
      std::size_t right = middle;
      for (std::size_t out = begin; out < end; ++out) {
        if (right == end || (left < middle && series[left] <= series[right])) {
          merged[out] = series[left++];
        } else {
          falling += static_cast<std::int64_t>(middle - left);  // all that is left there is earlier and larger
          merged[out] = series[right++];
        }
      }
    }
    std::swap(series, merged);
  }
  return falling;
}

double pairs_among(double count) { return count * (count - 1) / 2; }

double variance_term(double count) { return count * (count - 1) * (2 * count + 5); }

}  // namespace

MannKendall mann_kendall(std::span<const double> series) {
  const auto n = static_cast<double>(series.size());
  if (series.size() < 2) return {};
  double tied = 0;
  double variance = variance_term(n);
  for (const std::size_t group : tied_groups(series)) {
    tied += pairs_among(static_cast<double>(group));
    variance -= variance_term(static_cast<double>(group));
  }
  variance /= 18;
  const double pairs = pairs_among(n);
  const auto s =
      static_cast<std::int64_t>(pairs - tied) - 2 * falling_pairs(std::vector<double>(series.begin(), series.end()));
  if (pairs == tied || variance <= 0) return {};
  // s moves in steps of 2, so its distance from 0 is taken one less.
  const double distance = std::max(0.0, std::abs(static_cast<double>(s)) - 1);
  return {.s = s,
          .tau = static_cast<double>(s) / std::sqrt((pairs - tied) * pairs),
          .variance = variance,
          .p = std::min(1.0, 2 * normal_below(-distance / std::sqrt(variance)))};
}

std::size_t change_point(std::span<const double> series) {
  const std::vector<double> ranks = mean_ranks(series);
  const double expected = static_cast<double>(series.size()) + 1;
  std::size_t place = 0;
  double farthest = 0;
  double u = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    u += 2 * ranks[i] - expected;
    if (std::abs(u) > farthest) {
      farthest = std::abs(u);
      place = i + 1;
    }
  }
  return place;
}

WarmUp find_warm_up(std::span<const double> series, double level) {
  WarmUp found;
  if (series.size() < kFewest) return found;
  found.whole = mann_kendall(series);
  for (MannKendall trend = found.whole; trend.p <= level; trend = mann_kendall(series.subspan(found.figures))) {
    found.figures += change_point(series.subspan(found.figures));
    if (found.figures * 3 > series.size()) {
      found.figures = 0;
      found.drifts = true;
      return found;
    }
  }
  return found;
}

}  // namespace slipway::compare
