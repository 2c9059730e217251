#include "core/compare/statistics/outliers.hpp"

#include <cmath>

#include "core/compare/statistics/quantiles.hpp"

namespace slipway::compare {

std::vector<Mark> mark_outliers(std::span<const double> figures) {
  std::vector<Mark> marks(figures.size(), Mark::none);
  const std::vector<double> finite = finite_only(figures);
  if (finite.empty()) return marks;
  const double lower = quantile(finite, 0.25);
  const double upper = quantile(finite, 0.75);
  const double step = 1.5 * (upper - lower);
  if (step == 0) return marks;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    if (!std::isfinite(figures[i])) continue;
    const double beyond = std::max(lower - figures[i], figures[i] - upper);
    if (beyond > 2 * step) {
      marks[i] = Mark::far_out;
    } else if (beyond > step) {
      marks[i] = Mark::outside;
    }
  }
  return marks;
}

std::vector<Outlier> outliers(std::span<const double> figures) {
  std::vector<Outlier> found;
  const std::vector<Mark> marks = mark_outliers(figures);
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i] != Mark::none) found.push_back({.position = i, .figure = figures[i], .mark = marks[i]});
  }
  return found;
}

}  // namespace slipway::compare
