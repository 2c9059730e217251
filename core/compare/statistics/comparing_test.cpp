// Pairs, Holm's correction and Cliff's delta.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/compare/statistics/dominance.hpp"
#include "core/compare/statistics/holm.hpp"
#include "core/compare/statistics/pairs.hpp"
#include "core/compare/statistics/ranks.hpp"
#include "core/compare/statistics/test_data.hpp"

namespace slipway::compare {
namespace {

using Values = std::vector<double>;
const double kFailed = std::nan("");
constexpr double kInfinite = std::numeric_limits<double>::infinity();

TEST_CASE("a block in which one of the two failed is left out and counted") {
  const Pairs pairs = pair_up(Values{1, kFailed, 3, 4, kInfinite}, Values{2, 2, kFailed, 8, 1, 7});
  CHECK(pairs.baseline == Values{1, 4});
  CHECK(pairs.variant == Values{2, 8});
  CHECK(pairs.left_out == 4);
  CHECK(differences(pairs) == Values{1, 4});
  CHECK(ratios(pairs).values == Values{2, 2});
  CHECK(pair_up({}, Values{1}).left_out == 1);
  CHECK(pair_up(Values{-1.7e308, 1}, Values{1.7e308, kInfinite}).left_out == 2);
  CHECK(pair_up({}, {}).left_out == 0);
}

TEST_CASE("a pair whose baseline is 0 or negative has a difference and no ratio") {
  const Pairs pairs = pair_up(Values{0, -1, 2, 2, 1e-308}, Values{1, 1, -1, 0, 1e308});
  CHECK(differences(pairs).size() == 5);
  const Ratios found = ratios(pairs);
  CHECK(found.values == Values{0});  // 2 -> 0 is a ratio of 0
  CHECK(found.left_out == 4);        // 1e308 / 1e-308 is no number
}

TEST_CASE("Holm's correction gives the textbook values in the order of its input") {
  // Holm, 1979: the smallest of k times k, the next times k - 1, none below the one before.
  struct Row {
    Values p, adjusted;
  };
  const Row rows[] = {
      {{0.01, 0.04, 0.03, 0.005}, {0.03, 0.06, 0.06, 0.02}},
      {{0.04}, {0.04}},
      {{}, {}},
      {{0.9, 0.8, 0.7}, {1, 1, 1}},
      {{0.02, 0.02, 0.02}, {0.06, 0.06, 0.06}},
  };
  for (const Row& row : rows) {
    const Values found = holm(row.p);
    REQUIRE(found.size() == row.adjusted.size());
    for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == Approx(row.adjusted[i]));
  }
}

TEST_CASE("a test that could not be made does not make the others stricter") {
  const Values found = holm(Values{0.02, kFailed, 0.04});
  CHECK(found[0] == Approx(0.04));
  CHECK(std::isnan(found[1]));
  CHECK(found[2] == Approx(0.04));
}

TEST_CASE("the membranes have the delta of their published rank sum") {
  // Hollander and Wolfe, pp. 69f.: of 50 pairs 35 are larger at term; delta = (35 - 15) / 50.
  CHECK(cliffs_delta(kMembranesAtTerm, kMembranesEarly) == Approx(0.4));
  CHECK(cliffs_delta(kMembranesEarly, kMembranesAtTerm) == Approx(-0.4));
}

TEST_CASE("delta goes from all below to all above, and ties are neither") {
  CHECK(cliffs_delta(Values{1, 2}, Values{3, 4}) == Approx(-1));
  CHECK(cliffs_delta(Values{3, 4}, Values{1, 2}) == Approx(1));
  CHECK(cliffs_delta(Values{5, 5}, Values{5, 5, 5}) == Approx(0));
  CHECK(cliffs_delta(Values{1, 2, 2}, Values{2}) == Approx(-1.0 / 3));
  CHECK_FALSE(cliffs_delta({}, Values{1}).has_value());
  CHECK_FALSE(cliffs_delta(Values{1}, {}).has_value());
}

TEST_CASE("a million figures have a delta") {
  Values figures(1'000'000);
  std::iota(figures.begin(), figures.end(), 0.0);
  CHECK(cliffs_delta(figures, figures) == Approx(0));
}

TEST_CASE("equal figures share the mean of their places") {
  CHECK(mean_ranks(Values{30, 10, 20, 10}) == Values{4, 1.5, 3, 1.5});
  CHECK(tied_groups(Values{3, 1, 2, 1, 3, 3}) == std::vector<std::size_t>{2, 1, 3});
  CHECK(mean_ranks({}).empty());
}

}  // namespace
}  // namespace slipway::compare
