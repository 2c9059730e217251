#include "core/compare/statistics/quantiles.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/compare/statistics/outliers.hpp"
#include "core/compare/statistics/test_data.hpp"

namespace slipway::compare {
namespace {

using Figures = std::vector<double>;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

TEST_CASE("a summary of the cars' mileage has the published figures") {
  // As R prints them: summary(mtcars$mpg), mad(mtcars$mpg, constant = 1).
  const Summary summary = summarise(kMilesAGallon);
  CHECK(summary.count == 32);
  CHECK(summary.least == 10.4);
  CHECK(summary.lower_quartile == Approx(15.425));
  CHECK(summary.median == Approx(19.2));
  CHECK(summary.mean == Approx(20.090625));
  CHECK(summary.upper_quartile == Approx(22.8));
  CHECK(summary.most == 33.9);
  CHECK(summary.mad == Approx(3.65));
}

TEST_CASE("a quantile lies between its two neighbours as definition 7 has it") {
  struct Row {
    Figures figures;
    double p, expected;
  };
  const Row rows[] = {
      {{7}, 0.5, 7},
      {{1, 2}, 0.5, 1.5},
      {{3, 1, 2}, 0.5, 2},
      {{4, 3, 2, 1}, 0, 1},
      {{4, 3, 2, 1}, 1, 4},
      {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.95, 9.55},
      {{4, 3, 2, 1}, 0.5, 2.5},
      {{-3, -1, -2}, 0.25, -2.5},
      {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.25, 3.25},
  };
  for (const Row& row : rows) {
    INFO(row.p);
    CHECK(quantile(row.figures, row.p) == Approx(row.expected));
  }
}

TEST_CASE("of no figures there is no quantile, and a summary says so") {
  CHECK(std::isnan(median({})));
  CHECK(std::isnan(median_absolute_deviation({})));
  const Summary summary = summarise(Figures{std::nan(""), kInfinite});
  CHECK(summary.count == 0);
  CHECK(summary.left_out == 2);
  CHECK(std::isnan(summary.mean));
  CHECK(std::isnan(summary.p99.value));
  CHECK_FALSE(summary.p95.enough);
}

TEST_CASE("failed and infinite figures are left out and counted, negative and zero ones are not") {
  const Summary summary = summarise(Figures{-2, std::nan(""), 0, kInfinite, 2, -kInfinite});
  CHECK(summary.count == 3);
  CHECK(summary.left_out == 3);
  CHECK(summary.median == 0);
  CHECK(summary.mean == Approx(0.0));
}

TEST_CASE("figures as large as they come neither overflow nor lose their equality") {
  const double most = std::numeric_limits<double>::max();
  CHECK(median(Figures{most, most}) == most);
  CHECK(summarise(Figures(10, most)).mean == Approx(most));
  CHECK(quantile(Figures{0.1, 0.1, 0.1}, 0.95) == 0.1);
}

TEST_CASE("a tail that has too few figures says how many it takes") {
  Figures figures(59);
  std::iota(figures.begin(), figures.end(), 1.0);
  CHECK(tail(figures, 0.95).enough);  // 1 - 0.95^59 = 0.9515
  CHECK(tail(figures, 0.95).needed == 59);
  CHECK_FALSE(tail(figures, 0.99).enough);
  CHECK(tail(figures, 0.99).needed == 299);
  figures.pop_back();
  CHECK_FALSE(tail(figures, 0.95).enough);
  CHECK(tail(figures, 0.95).value == Approx(55.15));
}

TEST_CASE("the one car far from the others' power is marked, and all are still there") {
  // As R has it: boxplot.stats(mtcars$hp)$out is 335.
  const auto marked = outliers(kHorsepower);
  REQUIRE(marked.size() == 1);
  CHECK(marked[0].figure == 335);
  CHECK(kHorsepower[marked[0].position] == 335);
  CHECK(marked[0].mark == Mark::outside);
  CHECK(mark_outliers(kHorsepower).size() == kHorsepower.size());
}

TEST_CASE("marks tell outside from far out, on both sides, and skip what failed") {
  Figures figures = {10, 11, 12, 13, 14, 15, 16, 17, 18, std::nan(""), -30, 4, 24, 60};
  const std::vector<Mark> marks = mark_outliers(figures);
  CHECK(marks[9] == Mark::none);
  CHECK(marks[10] == Mark::far_out);
  CHECK(marks[13] == Mark::far_out);
  CHECK(marks[0] == Mark::none);
  figures = {10, 11, 12, 13, 14, 15, 16, 17, 18, 25};
  CHECK(mark_outliers(figures)[9] == Mark::outside);
}

TEST_CASE("where most figures are equal no distance is far, and nothing is marked") {
  CHECK(outliers(Figures{5, 5, 5, 5, 5, 5, 5, 90}).empty());
  CHECK(outliers(Figures{}).empty());
  CHECK(outliers(Figures{1}).empty());
}

TEST_CASE("a million figures are summed up") {
  Figures figures(1'000'000);
  std::iota(figures.rbegin(), figures.rend(), 0.0);
  const Summary summary = summarise(figures);
  CHECK(summary.median == Approx(499'999.5));
  CHECK(summary.mad == Approx(250'000));
  CHECK(summary.p99.enough);
}

}  // namespace
}  // namespace slipway::compare
