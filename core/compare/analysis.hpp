// What the figures of one measure say: every variant against the baseline, with the control for the noise.
// Plain data in and out; knows nothing of where the figures come from and how results are shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "core/compare/statistics/interval.hpp"
#include "core/compare/statistics/outliers.hpp"
#include "core/compare/statistics/permutation.hpp"
#include "core/compare/statistics/quantiles.hpp"
#include "core/compare/statistics/trend.hpp"
#include "core/compare/statistics/verdict.hpp"

namespace slipway::compare {

/// One measure of all runs. What is not finite (NaN) is a run that failed, or that was not made.
struct Figures {
  std::vector<std::vector<double>> of_variant{};  ///< [variant][block], blocks in the order in which they ran
  std::size_t baseline = 0;
  std::size_t control = 0;  ///< the baseline's second part; see design.hpp
};

struct Asked {
  double level = 0.05;        ///< the chance of even one false "faster" or "slower" in this measure
  double confidence = 0.95;   ///< of each interval
  double same_within = 0.01;  ///< differences up to this part of the baseline do not matter
  double power = 0.8;         ///< of the number of further blocks that undecided verdicts tell
  Flips flips{};              ///< of the permutation test; its seed is the experiment's
};

/// A variant against the baseline, block by block.
struct Comparison {
  std::size_t variant = 0;
  std::size_t pairs = 0;
  std::size_t left_out = 0;  ///< blocks in which one of the two failed
  double difference = 0;     ///< median of variant - baseline; NaN of no pairs
  std::optional<Interval> difference_interval{};
  std::optional<double> ratio{};  ///< median of variant / baseline
  std::optional<Interval> ratio_interval{};
  std::size_t ratios_left_out = 0;                      ///< pairs that have no ratio: a baseline of 0
  double p = std::numeric_limits<double>::quiet_NaN();  ///< NaN of no pairs
  bool p_exact = true;
  double p_adjusted = std::numeric_limits<double>::quiet_NaN();  ///< among all comparisons but the control
  std::optional<double> delta{};                                 ///< Cliff's
  bool by_ratio = true;  ///< the verdict is of ratios; else, where there is a pair without one, of differences
  Decision decision{};
};

struct Analysis {
  WarmUp warm_up{};
  std::size_t first_block = 0;  ///< what ran before is warm-up and in nothing that follows
  std::vector<Summary> summaries{};
  std::vector<std::vector<Outlier>> outliers{};  ///< of each variant; positions are blocks
  Comparison control{};                          ///< the baseline against itself, without a verdict
  double noise_floor = 0;                        ///< in parts of the baseline; infinite where it is not known
  double noise_floor_difference = 0;             ///< in the measure's unit
  std::vector<Comparison> comparisons{};         ///< of all variants but baseline and control
};

Analysis analyse(const Figures& figures, const Asked& asked);

/// The block that is the first after the warm-up, and what it was concluded from: each block's median over the
/// variants, in blocks in which no run failed. Which of two variants had which of two figures of a block makes no
/// difference to this, so leaving blocks out by it makes no false alarm likelier.
struct Begin {
  WarmUp warm_up{};
  std::size_t first_block = 0;
};
Begin find_begin(const Figures& figures, double level);

/// Half the width of the widest interval of all ratios (of differences, in parts of the baseline's median, where a
/// ratio is missing): what a stop rule's precision bounds. Infinite while there is a comparison of fewer pairs than an
/// interval takes; variants that failed in every block are left out.
double precision_of(const Figures& figures, double confidence);

}  // namespace slipway::compare
