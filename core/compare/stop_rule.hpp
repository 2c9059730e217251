// When an experiment has enough: a rule that is fixed before it begins.
// Knows nothing of verdicts: a rule that stopped at the first one would find differences where there are none.
#pragma once

#include <cstddef>
#include <optional>

#include "core/report/report.hpp"

namespace slipway::compare {

/// Ends after whichever comes first. `--rounds 50`, `--time 2m`, `--precision 1%`.
struct StopRule {
  std::optional<std::size_t> rounds{};
  std::optional<double> time_s{};
  /// The relative half-width of the widest interval (Progress::half_width) that is narrow enough: 0.01 for 1 %.
  std::optional<double> precision{};
};

/// Refuses a rule that never ends, or ends before it begins.
Result<void> check_stop_rule(const StopRule& rule);

/// How far the experiment is, after a whole block.
struct Progress {
  std::size_t rounds = 0;
  double time_s = 0;
  double longest_round_s = 0;  ///< no further block is begun that would most likely not be done in time
  double half_width = 0;       ///< see precision_of() in analysis.hpp; infinite as long as there is none
};

enum class Stop { not_yet, rounds, time, precision };

/// Precision counts from ten rounds on: a narrow interval of fewer is chance.
Stop stop(const StopRule& rule, const Progress& progress);

}  // namespace slipway::compare
