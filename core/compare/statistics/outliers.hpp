// Which figures lie far from the rest. They are marked for whoever looks at them, and counted like any other.
// Knows nothing of why they do.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace slipway::compare {

enum class Mark { none, outside, far_out };

/// "outside" beyond 1.5, "far out" beyond 3 times the distance of the quartiles from the nearer quartile; figures that
/// are not finite have no mark. Where the quartiles are equal there is no such distance, and nothing is marked.
/// J. W. Tukey, "Exploratory Data Analysis", Addison-Wesley, 1977, section 2D, p. 44 (with the quartiles of
/// quantiles.hpp for his hinges).
std::vector<Mark> mark_outliers(std::span<const double> figures);

/// Where marked figures stand.
struct Outlier {
  std::size_t position = 0;
  double figure = 0;
  Mark mark = Mark::outside;
};

std::vector<Outlier> outliers(std::span<const double> figures);

}  // namespace slipway::compare
