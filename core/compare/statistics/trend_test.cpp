#include "core/compare/statistics/trend.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "core/compare/random.hpp"
#include "core/compare/statistics/distributions.hpp"
#include "core/compare/statistics/test_data.hpp"

namespace slipway::compare {
namespace {

using Series = std::vector<double>;

/// Noise of standard deviation 1.
Series noise(std::size_t count, std::uint64_t seed) {
  Random random(seed, 0);
  Series series(count);
  for (double& figure : series) figure = normal_quantile(random.between_0_and_1());
  return series;
}

TEST_CASE("the tuna's lightness has the published tau and p") {
  // Hollander and Wolfe, pp. 185f.: K = 16, tau = 0.444; R's cor.test(exact = FALSE, continuity = TRUE) has p = 0.1179.
  const MannKendall test = mann_kendall(kTunaByLightness);
  CHECK(test.s == 16);
  CHECK(test.tau == Approx(16.0 / 36));
  CHECK(test.variance == Approx(92));
  CHECK(test.p == Approx(0.1179).margin(5e-5));
}

TEST_CASE("a trend test counts ties as neither, and takes them out of the variance") {
  const MannKendall test = mann_kendall(Series{1, 1, 2, 2, 2, 3});
  CHECK(test.s == 11);  // of 15 pairs 4 are ties
  CHECK(test.variance == Approx((510.0 - 18 - 66) / 18));
  CHECK(test.tau == Approx(11 / std::sqrt(11.0 * 15)));
}

TEST_CASE("counting by merging gives the same as counting all pairs") {
  for (std::size_t count = 2; count < 40; ++count) {
    Series series = noise(count, count);
    for (double& figure : series) figure = std::round(figure * 2);  // with ties
    std::int64_t s = 0;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = i + 1; j < count; ++j)
        s += (series[j] > series[i] ? 1 : 0) - (series[j] < series[i] ? 1 : 0);
    }
    INFO(count);
    CHECK(mann_kendall(series).s == s);
  }
}

TEST_CASE("one figure, none, or all equal have no trend") {
  for (const Series& series : {Series{}, Series{4}, Series(30, 4.0)}) {
    CHECK(mann_kendall(series).p == 1);
    CHECK(mann_kendall(series).s == 0);
    CHECK(change_point(series) == 0);
    CHECK(find_warm_up(series, 0.05).figures == 0);
  }
}

TEST_CASE("the Nile changed after 28 years, in 1898") { CHECK(change_point(kNile) == 28); }

TEST_CASE("the Nile's first 28 years pass for warm-up, since they are less than a third") {
  const WarmUp found = find_warm_up(kNile, 0.05);
  CHECK(found.figures == 28);
  CHECK_FALSE(found.drifts);
  CHECK(found.whole.p < 0.001);
}

TEST_CASE("slow first blocks are warm-up, and what follows is not") {
  Series series = noise(60, 3);
  for (std::size_t i = 0; i < 12; ++i) series[i] += 20 * std::exp(-static_cast<double>(i) / 4);
  const WarmUp found = find_warm_up(series, 0.05);
  CHECK(found.figures >= 8);
  CHECK(found.figures <= 14);
  CHECK_FALSE(found.drifts);
}

TEST_CASE("a machine that gets slower all the time drifts, which is no warm-up") {
  Series series = noise(60, 4);
  for (std::size_t i = 0; i < series.size(); ++i) series[i] += static_cast<double>(i) / 5;
  const WarmUp found = find_warm_up(series, 0.05);
  CHECK(found.drifts);
  CHECK(found.figures == 0);
}

TEST_CASE("a change near the end is no warm-up either") {
  Series series = noise(60, 5);
  for (std::size_t i = 40; i < series.size(); ++i) series[i] += 10;
  CHECK(find_warm_up(series, 0.05).drifts);
}

TEST_CASE("figures without a trend are called warm-up in about one of twenty series") {
  int found = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const WarmUp warm_up = find_warm_up(noise(30, seed), 0.05);
    if (warm_up.figures > 0 || warm_up.drifts) ++found;
  }
  CHECK(found <= 72);  // P(more of 1000 at 0.05) < 0.001
  CHECK(found >= 25);
}

TEST_CASE("of fewer than ten figures nothing is said") {
  Series series(9);
  std::iota(series.rbegin(), series.rend(), 0.0);
  CHECK(find_warm_up(series, 0.05).figures == 0);
  CHECK_FALSE(find_warm_up(series, 0.05).drifts);
}

TEST_CASE("a million figures are tested for a trend") {
  Series series(1'000'000);
  std::iota(series.begin(), series.end(), 0.0);
  const MannKendall test = mann_kendall(series);
  CHECK(test.s == 499'999'500'000);
  CHECK(test.tau == Approx(1));
  CHECK(test.p == 0);
}

}  // namespace
}  // namespace slipway::compare
