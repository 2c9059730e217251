// From figures to words: faster, slower, the same within some bound, or undecided.
// Knows nothing of how the figures came about. All are on one scale on which 0 is no difference and less is faster:
// ratio - 1, or a difference in the measure's own unit.
#pragma once

#include <cstddef>
#include <optional>

#include "core/compare/statistics/interval.hpp"

namespace slipway::compare {

enum class Verdict { faster, slower, same, undecided };

/// Why it is undecided.
enum class Reason {
  none,
  few_blocks,         ///< no interval of the wanted confidence exists yet
  no_control,         ///< the control has too few figures, so nobody knows what the noise is
  within_noise,       ///< a difference, and not larger than what the baseline differs from itself by
  noise_above_bound,  ///< within the bound of sameness, which the noise is larger than
  interval_too_wide,  ///< a difference and none are both possible still
};

/// What a comparison found.
struct Evidence {
  double difference = 0;
  std::optional<Interval> interval{};
  double p = 1;  ///< adjusted for how many comparisons there are
  std::size_t blocks = 0;
};

/// What is asked of it.
struct Bounds {
  double level = 0.05;       ///< the chance of a false alarm in the whole experiment
  double confidence = 0.95;  ///< of the intervals
  double same_within = 0.01;
  double noise_floor = 0;
  std::size_t comparisons = 1;
  double power = 0.8;  ///< the chance that the further blocks told of are enough
};

struct Decision {
  Verdict verdict = Verdict::undecided;
  Reason reason = Reason::none;
  /// How many more blocks it would take, if what was found so far is right; nullopt where it is decided, or where a
  /// million would not be enough.
  std::optional<std::size_t> more_blocks{};
};

/// The largest difference that the control (the baseline against itself) does not rule out; infinite where it has too
/// few figures for an interval.
double noise_floor(const std::optional<Interval>& control, std::size_t blocks, double confidence);

/// "Same" where the whole interval is within ±same_within, and the noise floor too: such differences do not matter, be
/// they real. "Faster" and "slower" where the test finds a difference, the interval is on one side of 0, and the
/// difference is larger than the noise floor. "Same" is the two one-sided tests of D. J. Schuirmann, "A Comparison of
/// the Two One-Sided Tests Procedure and the Power Approach for Assessing the Equivalence of Average
/// Bioavailability", Journal of Pharmacokinetics and Biopharmaceutics 15(6), 1987, pp. 657-680.
Decision decide(const Evidence& evidence, const Bounds& bounds);

/// What a sample-size estimate starts from. Errors and noise are taken to shrink with the square root of the blocks.
struct Spread {
  double difference = 0;
  double error_of_one_block = 0;  ///< the standard error that one block alone would have
  double floor_of_one_block = 0;  ///< the noise floor that one block alone would have
};

/// How many blocks in all make a verdict likely (Bounds::power): the smaller number of those for a difference and those
/// for sameness; nullopt where neither is within a million. By the normal distribution, n = ((z₁ + z₂)·error / what is
/// to be seen)²: S. A. Julious, "Sample Sizes for Clinical Trials with Normal Data", Statistics in Medicine 23, 2004,
/// pp. 1921-1986 (superiority and equivalence).
std::optional<std::size_t> blocks_needed(const Spread& spread, const Bounds& bounds);

}  // namespace slipway::compare
