#include "core/compare/statistics/quantiles.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace slipway::compare {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kTailConfidence = 0.95;

std::vector<double> ascending(std::span<const double> figures) {
  std::vector<double> sorted(figures.begin(), figures.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

/// Halves before adding, because the sum of two huge figures is infinite.
double between(double low, double high, double part) {
  return low == high ? low : low * (1 - part) + high * part;  // equal ones stay exactly what they are
}

/// Where the p-quantile of `count` figures lies: behind so many, and so far on to the next.
struct Position {
  std::size_t index = 0;
  double part = 0;
};

Position position(std::size_t count, double p) {
  const double place = static_cast<double>(count - 1) * std::clamp(p, 0.0, 1.0);
  const double whole = std::floor(place);
  return {.index = static_cast<std::size_t>(whole), .part = place - whole};
}

}  // namespace

std::vector<double> finite_only(std::span<const double> figures) {
  std::vector<double> finite;
  finite.reserve(figures.size());
  std::copy_if(figures.begin(), figures.end(), std::back_inserter(finite), [](double x) { return std::isfinite(x); });
  return finite;
}

double quantile_of_sorted(std::span<const double> ascending, double p) {
  if (ascending.empty()) return kNone;
  const auto [index, part] = position(ascending.size(), p);
  return between(ascending[index], ascending[std::min(index + 1, ascending.size() - 1)], part);
}

double quantile(std::span<const double> figures, double p) {
  if (figures.empty()) return kNone;
  std::vector<double> values(figures.begin(), figures.end());
  const auto [index, part] = position(values.size(), p);
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(values.begin(), at, values.end());
  if (part == 0 || at + 1 == values.end()) return *at;
  return between(*at, *std::min_element(at + 1, values.end()), part);
}

double median(std::span<const double> figures) { return quantile(figures, 0.5); }

double median_absolute_deviation(std::span<const double> figures) {
  const double middle = median(figures);
  std::vector<double> distances;
  distances.reserve(figures.size());
  for (const double figure : figures) distances.push_back(std::abs(figure - middle));
  return median(distances);
}

Tail tail(std::span<const double> ascending, double p) {
  const auto needed = static_cast<std::size_t>(std::ceil(std::log(1 - kTailConfidence) / std::log(p)));
  return {.value = quantile_of_sorted(ascending, p), .needed = needed, .enough = ascending.size() >= needed};
}

Summary summarise(std::span<const double> figures) {
  const std::vector<double> sorted = ascending(finite_only(figures));
  const auto count = static_cast<double>(sorted.size());
  return {.count = sorted.size(),
          .left_out = figures.size() - sorted.size(),
          // Each divided before it is added, because the sum of huge figures is infinite.
          .mean = sorted.empty() ? kNone
                                 : std::accumulate(sorted.begin(), sorted.end(), 0.0,
                                                   [&](double sum, double figure) { return sum + figure / count; }),
          .least = sorted.empty() ? kNone : sorted.front(),
          .lower_quartile = quantile_of_sorted(sorted, 0.25),
          .median = quantile_of_sorted(sorted, 0.5),
          .upper_quartile = quantile_of_sorted(sorted, 0.75),
          .most = sorted.empty() ? kNone : sorted.back(),
          .mad = median_absolute_deviation(sorted),
          .p95 = tail(sorted, 0.95),
          .p99 = tail(sorted, 0.99)};
}

}  // namespace slipway::compare
