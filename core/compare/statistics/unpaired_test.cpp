#include "core/compare/statistics/unpaired.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "core/compare/random.hpp"
#include "core/compare/statistics/distributions.hpp"
#include "core/compare/statistics/quantiles.hpp"
#include "core/compare/statistics/test_data.hpp"

using namespace slipway::compare;

TEST_CASE("Mann and Whitney's statistic and shift of the membranes are those published") {
  // Hollander and Wolfe, pp. 69f. and 75: U = 35 the other way round; the shift is 0.305.
  const auto found = mann_whitney(kMembranesEarly, kMembranesAtTerm);
  CHECK(found.u == 35);
  CHECK(found.p == Approx(0.2448).margin(0.02));
  CHECK(difference_between(kMembranesEarly, kMembranesAtTerm, 0.95).middle == Approx(0.305));
}

TEST_CASE("a shift is the median of all pairs, even where there are negative ones") {
  const std::vector<double> first = {-3, 0, 1, 7}, second = {-1, 2, 2.5};
  std::vector<double> pairs;
  for (const double a : first) {
    for (const double b : second) pairs.push_back(b - a);
  }
  std::sort(pairs.begin(), pairs.end());
  const Shift shift = difference_between(first, second, 0.95);
  CHECK(shift.middle == median(pairs));
  CHECK(shift.interval.low == pairs.front());
  CHECK(shift.interval.high == pairs.back());
  CHECK(!ratio_between(first, second, 0.95));
}

TEST_CASE("the interval of a ratio has the true one in it as often as it says, and the test raises as few alarms") {
  constexpr int kExperiments = 2000;
  Random random(6, 0);
  const auto draw = [&](std::size_t count, double factor) {
    std::vector<double> figures;
    for (std::size_t i = 0; i < count; ++i)
      figures.push_back(factor * std::exp(0.1 * normal_quantile(random.between_0_and_1())));
    return figures;
  };
  int covered = 0, alarms = 0;
  for (int i = 0; i < kExperiments; ++i) {
    const auto first = draw(12, 5), second = draw(20, 6);
    const auto ratio = ratio_between(first, second, 0.95);
    REQUIRE(ratio);
    covered += ratio->interval.low <= 1.2 && 1.2 <= ratio->interval.high ? 1 : 0;
    alarms += mann_whitney(first, draw(20, 5)).p <= 0.05 ? 1 : 0;
  }
  CHECK(covered >= kExperiments * 0.935);
  CHECK(alarms <= kExperiments * 0.065);
}

TEST_CASE("samples that are all equal differ by nothing") {
  const std::vector<double> same(9, 4.0);
  CHECK(mann_whitney(same, same).p == 1);
  const auto ratio = ratio_between(same, same, 0.95);
  REQUIRE(ratio);
  CHECK(ratio->middle == 1);
  CHECK(ratio->interval.low == 1);
  CHECK(ratio->interval.high == 1);
}
