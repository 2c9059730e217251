#include "core/compare/statistics/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/compare/statistics/distributions.hpp"

namespace slipway::compare {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kMostBlocks = 1'000'000;

double square(double x) { return x * x; }

/// For the test to find the difference, and for the difference to come out larger than the noise floor.
double blocks_to_tell_apart(const Spread& spread, const Bounds& bounds) {
  const double difference = std::abs(spread.difference);
  if (difference == 0) return kInfinite;
  const double level = bounds.level / static_cast<double>(std::max<std::size_t>(1, bounds.comparisons));
  const double power = normal_quantile(bounds.power);
  const double tested = (normal_quantile(1 - level / 2) + power) * spread.error_of_one_block;
  // Difference and floor come from different runs, so their errors add up as squares do.
  const double above_noise = spread.floor_of_one_block + std::sqrt(2.0) * power * spread.error_of_one_block;
  const double smallest_p = 1 - std::log2(level);  // as smallest_p() of permutation.hpp, solved for n
  return std::max(square(std::max(tested, above_noise) / difference), smallest_p);
}

/// For the whole interval, and the noise floor, to come within the bound of sameness.
double blocks_to_be_same(const Spread& spread, const Bounds& bounds) {
  const double room = bounds.same_within - std::abs(spread.difference);
  if (room <= 0) return kInfinite;
  // Both have to come out so, and either may fail on either side.
  const double power = normal_quantile((1 + bounds.power) / 2);
  const double interval = (normal_quantile((1 + bounds.confidence) / 2) + power) * spread.error_of_one_block;
  const double noise = spread.floor_of_one_block + power * spread.error_of_one_block;
  return std::max(square(interval / room), square(noise / bounds.same_within));
}

/// How many blocks beyond those there are.
std::optional<std::size_t> further(const Evidence& evidence, const Bounds& bounds) {
  const std::size_t fewest = fewest_figures(bounds.confidence);
  if (evidence.blocks < fewest || !evidence.interval) return fewest - std::min(fewest, evidence.blocks);
  if (!std::isfinite(bounds.noise_floor)) return std::nullopt;
  const double root = std::sqrt(static_cast<double>(evidence.blocks));
  const double half_width = (evidence.interval->high - evidence.interval->low) / 2;
  const auto needed =
      blocks_needed({.difference = evidence.difference,
                     .error_of_one_block = half_width / normal_quantile((1 + bounds.confidence) / 2) * root,
                     .floor_of_one_block = bounds.noise_floor * root},
                    bounds);
  if (!needed) return std::nullopt;
  return *needed > evidence.blocks ? *needed - evidence.blocks : 1;  // what was enough by estimate was not
}

Decision undecided(Reason reason, const Evidence& evidence, const Bounds& bounds) {
  return {.verdict = Verdict::undecided, .reason = reason, .more_blocks = further(evidence, bounds)};
}

}  // namespace

double noise_floor(const std::optional<Interval>& control, std::size_t blocks, double confidence) {
  if (!control || blocks < fewest_figures(confidence)) return kInfinite;
  return std::max(std::abs(control->low), std::abs(control->high));
}

Decision decide(const Evidence& evidence, const Bounds& bounds) {
  if (!evidence.interval || evidence.blocks < fewest_figures(bounds.confidence)) {
    return undecided(Reason::few_blocks, evidence, bounds);
  }
  if (!std::isfinite(bounds.noise_floor)) return undecided(Reason::no_control, evidence, bounds);
  const Interval& interval = *evidence.interval;
  const bool within_bound = -bounds.same_within <= interval.low && interval.high <= bounds.same_within;
  const bool quiet = bounds.noise_floor <= bounds.same_within;
  if (within_bound && quiet) return {.verdict = Verdict::same};
  const bool less = interval.high < 0 && evidence.difference < 0;
  const bool more = interval.low > 0 && evidence.difference > 0;
  if (evidence.p <= bounds.level && (less || more)) {
    if (std::abs(evidence.difference) <= bounds.noise_floor) return undecided(Reason::within_noise, evidence, bounds);
    return {.verdict = less ? Verdict::faster : Verdict::slower};
  }
  return undecided(within_bound ? Reason::noise_above_bound : Reason::interval_too_wide, evidence, bounds);
}

std::optional<std::size_t> blocks_needed(const Spread& spread, const Bounds& bounds) {
  const double needed = std::ceil(std::min(blocks_to_tell_apart(spread, bounds), blocks_to_be_same(spread, bounds)));
  if (!(needed <= kMostBlocks)) return std::nullopt;
  return std::max(static_cast<std::size_t>(needed), fewest_figures(bounds.confidence));
}

}  // namespace slipway::compare
