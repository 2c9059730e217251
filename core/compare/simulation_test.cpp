// How often verdicts are wrong, and how often differences are found: on made-up runs of which the truth is known. All
// seeds are fixed, so what passes once passes always; the bounds are those that a right program fails once in a
// thousand.
#include <catch2/catch.hpp>
#include <cmath>

#include "core/compare/analysis.hpp"
#include "core/compare/stop_rule.hpp"
#include "core/compare/test_noise.hpp"

namespace slipway::compare {
namespace {

#ifdef SLIPWAY_SANITIZED
constexpr std::size_t kExperiments = 40;
#else
constexpr std::size_t kExperiments = 1000;
#endif

/// Where there are more blocks than all combinations of signs are looked at of.
const Flips kQuick{.all_up_to = 15, .most = 1999};

/// The number of successes that is exceeded once in a thousand where each has this probability; and fallen short of.
std::size_t at_most_of(double probability) {
  std::size_t count = 0;
  while (binomial_at_most(static_cast<double>(count), kExperiments, probability) < 0.999) ++count;
  return count;
}
std::size_t at_least_of(double probability) { return kExperiments - at_most_of(1 - probability); }

bool called_different(const Comparison& comparison) {
  return comparison.decision.verdict == Verdict::faster || comparison.decision.verdict == Verdict::slower;
}

template <class Holds>
std::size_t count_experiments(const Made& made, const Asked& asked, const Holds& holds) {
  std::size_t count = 0;
  for (std::uint64_t seed = 0; seed < kExperiments; ++seed)
    count += holds(analyse(make_up(made, seed), asked)) ? 1U : 0U;
  return count;
}

TEST_CASE("the test alone finds a difference between equals in one of twenty experiments") {
  const std::size_t found =
      count_experiments({.blocks = 15}, {}, [](const Analysis& analysis) { return analysis.control.p <= 0.05; });
  CHECK(found <= at_most_of(0.05));
  CHECK(found >= at_least_of(0.04));  // and is not deaf
}

TEST_CASE("equal variants are called different in at most one of twenty experiments, however many they are") {
  std::size_t by_test = 0;
  const std::size_t by_verdict =
      count_experiments({.blocks = 15, .factors = {1, 1, 1, 1, 1}}, {}, [&](const Analysis& analysis) {
        bool tested = false;
        bool called = false;
        for (const Comparison& comparison : analysis.comparisons) {
          tested = tested || comparison.p_adjusted <= 0.05;
          called = called || called_different(comparison);
        }
        by_test += tested ? 1U : 0U;
        return called;
      });
  CHECK(by_test <= at_most_of(0.05));
  CHECK(by_verdict <= by_test);  // the noise floor only ever takes verdicts away
}

TEST_CASE("warm-up and failed runs make no false alarm likelier") {
  std::size_t alarms = 0;
  for (std::uint64_t seed = 0; seed < kExperiments; ++seed) {
    Figures figures = make_up({.blocks = 22, .factors = {1, 1}}, seed);
    for (std::size_t variant = 0; variant < figures.of_variant.size(); ++variant) {
      for (std::size_t block = 0; block < 6; ++block) figures.of_variant[variant][block] *= 1.5;
      figures.of_variant[variant][(seed + 5 * variant) % 22] = NAN;
    }
    alarms += analyse(figures, {.flips = kQuick}).comparisons[0].p <= 0.05 ? 1U : 0U;
  }
  CHECK(alarms <= at_most_of(0.05));
}

TEST_CASE("ending at a precision makes no false alarm likelier") {
  std::size_t alarms = 0;
  for (std::uint64_t seed = 0; seed < kExperiments; ++seed) {
    const Figures all = make_up({.blocks = 40, .factors = {1}}, seed);
    Figures figures = all;
    std::size_t rounds = 9;
    Stop ends = Stop::not_yet;
    while (ends == Stop::not_yet) {
      ++rounds;
      for (std::size_t variant = 0; variant < all.of_variant.size(); ++variant) {
        const auto begin = all.of_variant[variant].begin();
        figures.of_variant[variant].assign(begin, begin + static_cast<std::ptrdiff_t>(rounds));
      }
      ends = stop({.rounds = 40, .precision = 0.05}, {.rounds = rounds, .half_width = precision_of(figures, 0.95)});
    }
    alarms += analyse(figures, {.flips = kQuick}).control.p <= 0.05 ? 1U : 0U;
  }
  CHECK(alarms <= at_most_of(0.05));
}

TEST_CASE("intervals have the true ratio in them as often as they say") {
  const std::size_t covered = count_experiments({.blocks = 17, .factors = {1, 1.2}}, {}, [](const Analysis& analysis) {
    const Interval& interval = *analysis.comparisons[0].ratio_interval;
    return interval.low <= 1.2 && 1.2 <= interval.high;
  });
  CHECK(covered >= at_least_of(0.95));
}

/// What is known of made-up runs before they are made: the spread of a ratio of two, and of the median of such.
Spread spread_of(const Made& made, double difference) {
  const double error = std::sqrt(2.0) * made.spread * 1.2533;  // √(π/2) for a median of normal figures
  // The floor is the farther end of the control's interval: half its width, and what its middle is off by on average.
  return {.difference = difference,
          .error_of_one_block = error,
          .floor_of_one_block = (normal_quantile(0.975) + std::sqrt(2 / 3.14159265358979)) * error};
}

TEST_CASE("as many blocks as are said to be needed find a known difference in four of five experiments") {
  for (const double difference : {-0.05, 0.06}) {
    Made made{.factors = {1, 1 + difference}, .slow_runs = 0};
    const auto blocks = blocks_needed(spread_of(made, difference), {});
    REQUIRE(blocks.has_value());
    made.blocks = *blocks;
    INFO(made.blocks);
    const Verdict right = difference < 0 ? Verdict::faster : Verdict::slower;
    const std::size_t found = count_experiments(made, {.flips = kQuick}, [&](const Analysis& analysis) {
      return analysis.comparisons[0].decision.verdict == right;
    });
    INFO(found);
    CHECK(found >= at_least_of(0.8));
  }
}

TEST_CASE("as many blocks as are said to be needed find equals the same in four of five experiments") {
  Made made{.factors = {1, 1}, .spread = 0.02, .slow_runs = 0};
  const Asked asked{.same_within = 0.03, .flips = kQuick};
  const auto blocks = blocks_needed(spread_of(made, 0), {.same_within = asked.same_within});
  REQUIRE(blocks.has_value());
  made.blocks = *blocks;
  INFO(made.blocks);
  const std::size_t found = count_experiments(
      made, asked, [](const Analysis& analysis) { return analysis.comparisons[0].decision.verdict == Verdict::same; });
  CHECK(found >= at_least_of(0.8));
}

TEST_CASE("a difference as large as the bound of sameness is called the same in at most one of forty experiments") {
  const std::size_t found = count_experiments(
      {.blocks = 17, .factors = {1, 1.03}, .spread = 0.02}, {.same_within = 0.03},
      [](const Analysis& analysis) { return analysis.comparisons[0].decision.verdict == Verdict::same; });
  CHECK(found <= at_most_of(0.025));
}

}  // namespace
}  // namespace slipway::compare
