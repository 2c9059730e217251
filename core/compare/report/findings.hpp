// What an outcome says, measure by measure: the analysis and the rows that every report shows.
#pragma once

#include <string>
#include <vector>

#include "core/compare/analysis.hpp"
#include "core/compare/outcome/measures.hpp"
#include "core/compare/outcome/outcome.hpp"
#include "core/compare/statistics/effects.hpp"

namespace slipway::compare {

struct Findings {
  std::string measure{};
  Unit unit = Unit::none;
  std::vector<std::size_t> blocks{};              ///< the whole blocks' numbers
  std::vector<std::vector<double>> of_variant{};  ///< [variant][block]; of one that may not be compared only NaN
  Analysis analysis{};
  std::vector<Effect> effects{};  ///< after the warm-up
};

/// One measure. Costs a permutation test a variant.
Findings find(const Outcome& outcome, const std::string& measure);

/// All that the question asks about, in its order; those without any figure are left out.
std::vector<Findings> find_all(const Outcome& outcome);

/// A variant in one measure, in words. What is not known, or does not apply to the baseline, is "-".
struct Row {
  std::size_t variant = 0;
  std::string name{};
  std::string runs{};  ///< that count
  std::string failed{};
  std::string median{}, quartiles{}, p95{}, p99{};
  std::string difference{}, difference_interval{};
  std::string ratio{}, ratio_interval{};
  std::string p{};
  std::string delta{};    ///< Cliff's
  std::string verdict{};  ///< "baseline", "control", "not comparable", or a verdict
  std::string why{};      ///< of one that is undecided or not comparable
};

/// The baseline first, the control last, the others in their order.
std::vector<Row> rows_of(const Outcome& outcome, const Findings& findings);

/// What holds for a measure as a whole: warm-up, drift, noise.
std::vector<std::string> remarks_of(const Findings& findings);

/// How it was made: "40 blocks of 8 variants in random order, seed 2031; ended after the rounds asked for".
std::string made_in_words(const Outcome& outcome);

/// "rootfs=fs-copy", "rootfs=fs-copy with network=net-none".
std::string effect_name(const Outcome& outcome, const Effect& effect);

}  // namespace slipway::compare
