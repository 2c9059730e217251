#include "core/compare/statistics/verdict.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

namespace slipway::compare {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

Evidence evidence(double low, double difference, double high, double p, std::size_t blocks = 50) {
  return {.difference = difference, .interval = Interval{low, high, 0.95}, .p = p, .blocks = blocks};
}

TEST_CASE("a verdict is of the interval, the test, the noise floor and the bound of sameness together") {
  struct Row {
    std::string_view name;
    Evidence evidence;
    Bounds bounds;
    Verdict verdict;
    Reason reason = Reason::none;
  };
  const Bounds quiet{.same_within = 0.01, .noise_floor = 0.005};
  const Bounds noisy{.same_within = 0.01, .noise_floor = 0.06};
  const Bounds unknown{.noise_floor = kInfinite};
  const Row rows[] = {
      {"clearly less", evidence(-0.06, -0.05, -0.04, 0.001), quiet, Verdict::faster},
      {"clearly more", evidence(0.04, 0.05, 0.06, 0.001), quiet, Verdict::slower},
      {"just significant", evidence(0.04, 0.05, 0.06, 0.05), quiet, Verdict::slower},
      {"not significant", evidence(0.04, 0.05, 0.06, 0.051), quiet, Verdict::undecided, Reason::interval_too_wide},
      {"nothing to see", evidence(-0.004, 0.001, 0.005, 0.7), quiet, Verdict::same},
      {"real, but too small to matter", evidence(0.002, 0.003, 0.004, 0.001), quiet, Verdict::same},
      {"both possible", evidence(-0.02, 0.01, 0.04, 0.3), quiet, Verdict::undecided, Reason::interval_too_wide},
      {"test without interval", evidence(-0.01, 0.02, 0.04, 0.01), quiet, Verdict::undecided,
       Reason::interval_too_wide},
      {"below the noise", evidence(0.04, 0.05, 0.06, 0.001), noisy, Verdict::undecided, Reason::within_noise},
      {"exactly the noise", evidence(0.04, 0.06, 0.07, 0.001), noisy, Verdict::undecided, Reason::within_noise},
      {"same, were it quiet", evidence(-0.004, 0.001, 0.005, 0.7), noisy, Verdict::undecided,
       Reason::noise_above_bound},
      {"above the noise", evidence(0.07, 0.09, 0.1, 0.001), noisy, Verdict::slower},
      {"no control", evidence(0.07, 0.09, 0.1, 0.001), unknown, Verdict::undecided, Reason::no_control},
      {"five blocks", evidence(0, 0, 0, 1, 5), quiet, Verdict::undecided, Reason::few_blocks},
      {"no blocks", {}, quiet, Verdict::undecided, Reason::few_blocks},
      {"all equal", evidence(0, 0, 0, 1), {.same_within = 0, .noise_floor = 0}, Verdict::same},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const Decision decision = decide(row.evidence, row.bounds);
    CHECK(decision.verdict == row.verdict);
    CHECK(decision.reason == row.reason);
    if (decision.verdict != Verdict::undecided) CHECK_FALSE(decision.more_blocks.has_value());
  }
}

TEST_CASE("the noise floor is the largest difference that the control does not rule out") {
  CHECK(noise_floor(Interval{-0.01, 0.03, 0.95}, 50, 0.95) == 0.03);
  CHECK(noise_floor(Interval{-0.04, 0.03, 0.95}, 50, 0.95) == 0.04);
  CHECK(noise_floor(Interval{0, 0, 0.95}, 50, 0.95) == 0);
  CHECK(std::isinf(noise_floor(Interval{0, 0, 0.9}, 5, 0.95)));
  CHECK(std::isinf(noise_floor(std::nullopt, 50, 0.95)));
}

TEST_CASE("an undecided verdict tells how many more blocks it would take") {
  const Bounds bounds{.same_within = 0.01, .noise_floor = 0.02};
  // Too few for any interval: up to the sixth.
  CHECK(decide(evidence(0, 0, 0, 1, 2), bounds).more_blocks == 4U);
  // A standard error of 0.0102 and noise of 0.02 at 50 blocks; to be below and above a difference of 0.02.
  const auto apart = decide(evidence(0, 0.02, 0.04, 0.06), bounds).more_blocks;
  REQUIRE(apart.has_value());
  CHECK(*apart > 50);
  CHECK(*apart < 120);
  // The wider the interval, the more.
  CHECK(*decide(evidence(-0.02, 0.02, 0.06, 0.3), bounds).more_blocks > *apart);
  // Hardly any difference: as many as show sameness.
  const auto same = decide(evidence(-0.02, 0.0001, 0.02, 0.9), bounds).more_blocks;
  REQUIRE(same.has_value());
  CHECK(*same > 100);
  // A difference at the very bound of sameness, far below the noise: no number that anybody would wait for.
  const Bounds deaf{.same_within = 0.0001, .noise_floor = 0.5};
  CHECK_FALSE(decide(evidence(-0.2, 0.0001, 0.2, 0.9), deaf).more_blocks.has_value());
  CHECK_FALSE(decide(evidence(0.1, 0.2, 0.3, 0.9), {.noise_floor = kInfinite}).more_blocks.has_value());
}

TEST_CASE("blocks needed follow the textbook's formula") {
  // n = ((1.960 + 0.842) · 0.1 / 0.02)² = 196.2 without noise.
  const Bounds bounds{.same_within = 0, .power = 0.8};
  CHECK(blocks_needed({.difference = 0.02, .error_of_one_block = 0.1}, bounds) == 197U);
  CHECK(blocks_needed({.difference = -0.02, .error_of_one_block = 0.1}, bounds) == 197U);
  // Five comparisons take a level of 0.01 each: ((2.576 + 0.842) · 5)².
  Bounds five = bounds;
  five.comparisons = 5;
  CHECK(blocks_needed({.difference = 0.02, .error_of_one_block = 0.1}, five) == 292U);
  // Equivalence within 0.05: ((1.960 + 1.282) · 0.1 / 0.05)².
  CHECK(blocks_needed({.difference = 0, .error_of_one_block = 0.1}, {.same_within = 0.05}) == 43U);
  CHECK_FALSE(blocks_needed({.difference = 0, .error_of_one_block = 0.1}, bounds).has_value());
  CHECK(blocks_needed({.difference = 0.5, .error_of_one_block = 0}, bounds) == 6U);
}

}  // namespace
}  // namespace slipway::compare
