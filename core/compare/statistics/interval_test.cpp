#include "core/compare/statistics/interval.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <vector>

namespace slipway::compare {
namespace {

/// 1, 2, … n: a bound is the place of the figure that it is.
std::vector<double> places(std::size_t n) {
  std::vector<double> figures(n);
  std::iota(figures.begin(), figures.end(), 1.0);
  return figures;
}

TEST_CASE("the bootstrap's distribution of a median of 13 figures is the published one") {
  // B. Efron, Annals of Statistics 7(1), 1979, p. 6: the probabilities that the resample's median is the 2nd, 3rd, 4th,
  // 5th, 6th figure are 0.0015, 0.0142, 0.0550, 0.1242, 0.1936; so these are where the lower bound moves.
  struct Row {
    double beyond;
    std::size_t low;
  };
  const Row rows[] = {{0.0014, 2}, {0.0016, 3}, {0.0155, 3}, {0.0159, 4}, {0.0704, 4},
                      {0.0710, 5}, {0.1945, 5}, {0.1952, 6}, {0.3883, 6}, {0.3887, 7}};
  for (const Row& row : rows) {
    INFO(row.beyond);
    CHECK(bootstrap_bound(13, row.beyond) == row.low);
  }
}

TEST_CASE("an interval tells how often it has the true median in it") {
  // W. J. Conover, "Practical Nonparametric Statistics", table A3: sums of binomial probabilities with p = 1/2.
  struct Row {
    std::size_t n;
    double low, coverage;
  };
  const Row rows[] = {{1, 1, 0},       {2, 1, 0.5},     {3, 1, 0.75},    {5, 1, 0.9375},
                      {6, 1, 0.96875}, {10, 2, 0.9785}, {20, 6, 0.9586}, {50, 18, 0.9672}};
  for (const Row& row : rows) {
    INFO(row.n);
    const auto interval = median_interval(places(row.n), 0.95);
    REQUIRE(interval.has_value());
    CHECK(interval->low == row.low);
    CHECK(interval->high == static_cast<double>(row.n + 1) - row.low);
    CHECK(interval->coverage == Approx(row.coverage).margin(5e-5));
  }
}

TEST_CASE("where the bootstrap's interval would miss the median too often it is one figure wider") {
  CHECK(bootstrap_bound(13, 0.025) == 4);  // which covers 0.908
  CHECK(median_interval(places(13), 0.95)->low == 3);
  CHECK(median_interval(places(13), 0.95)->coverage == Approx(0.9775).margin(5e-5));
  for (std::size_t n = 6; n <= 300; ++n) {
    INFO(n);
    const auto interval = median_interval(places(n), 0.95);
    CHECK(interval->coverage >= 0.95);
    CHECK(static_cast<double>(bootstrap_bound(n, 0.025)) - interval->low <= 1);
  }
}

TEST_CASE("no figures have no interval, and equal ones one without width") {
  CHECK_FALSE(median_interval({}, 0.95).has_value());
  const auto equal = median_interval(std::vector<double>(20, 7.0), 0.95);
  REQUIRE(equal.has_value());
  CHECK(equal->low == 7);
  CHECK(equal->high == 7);
}

TEST_CASE("a million figures have an interval") {
  const auto interval = median_interval(places(1'000'000), 0.95);
  REQUIRE(interval.has_value());
  CHECK(interval->low == Approx(500'000 - 980).margin(2));  // 1.96·√n / 2 on either side
  CHECK(interval->coverage == Approx(0.95).margin(1e-3));
}

TEST_CASE("an interval of 95 % takes six figures, one of 99 % eight") {
  CHECK(fewest_figures(0.95) == 6);
  CHECK(fewest_figures(0.99) == 8);
  CHECK(fewest_figures(0.5) == 2);
}

TEST_CASE("half an interval's width is told in parts of a median") {
  CHECK(relative_half_width({.low = 9, .high = 11}, 10) == Approx(0.1));
  CHECK(relative_half_width({.low = 9, .high = 11}, -10) == Approx(0.1));
  CHECK(relative_half_width({.low = 0, .high = 0}, 0) == 0);
  CHECK(std::isinf(relative_half_width({.low = -1, .high = 1}, 0)));
}

}  // namespace
}  // namespace slipway::compare
