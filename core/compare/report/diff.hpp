// Two results of the same experiment, of two days or two versions: what became slower. Blocks of two results are not
// pairs, so samples are compared as wholes; and what changed beside the variants (kernel, load, slipway) is in the
// difference, which is why that is told as well.
#pragma once

#include <string>
#include <vector>

#include "core/compare/outcome/environment.hpp"
#include "core/compare/outcome/measures.hpp"
#include "core/compare/outcome/outcome.hpp"
#include "core/compare/report/line_diff.hpp"
#include "core/compare/statistics/unpaired.hpp"

namespace slipway::compare {

enum class Change {
  none_found,  ///< undecided: a change past the bound and none are both possible
  same,        ///< the whole interval is within the bound
  less,        ///< past the bound, and past the noise of both results
  more,        ///< the same the other way: a regression
  failing      ///< the variant ran in the first result and fails in every run of the second: a regression too
};

struct ChangeOfOne {
  std::string variant{};
  std::string measure{};
  Unit unit = Unit::none;
  std::size_t runs_first = 0, runs_second = 0;  ///< that count
  std::size_t failed_first = 0, failed_second = 0;
  double median_first = 0, median_second = 0;  ///< NaN of none
  bool by_ratio = true;          ///< else, where a figure is 0 or below, the shift is a difference in the unit
  std::optional<Shift> shift{};  ///< none of too few runs
  double p = 1;                  ///< adjusted by Holm over all rows of the measure
  double noise = 0;              ///< the larger noise floor of the two, on the shift's scale
  Change change = Change::none_found;
  bool regression = false;  ///< `more` or `failing`; never of a measure without a unit, of which more may be better
};

/// What stands beside the figures: "slipway" (first and second), a variant's digests, the text of its pipeline.
struct ChangedVariant {
  std::string name{};
  std::vector<Difference> facts{};   ///< digests, and the command
  std::vector<DiffLine> pipeline{};  ///< empty where it is the same
};

struct OutcomeDiff {
  double bound = 0;
  std::vector<ChangeOfOne> changes{};
  std::vector<std::string> only_first{}, only_second{};  ///< variants
  std::vector<Difference> surroundings{};                ///< of the hosts and of the experiment
  std::vector<ChangedVariant> variants{};                ///< those that are not the same any more
  [[nodiscard]] bool has_regression() const;
};

/// `bound` is the part of the first result's figure by which one may be larger: 0.05 of `--bound 5%`. Measures are
/// those that the second result's question asks about and both have. Refuses results that have no variant in common.
Result<OutcomeDiff> diff(const Outcome& first, const Outcome& second, double bound);

std::string to_text(const OutcomeDiff& diff);
std::string to_json(const OutcomeDiff& diff);

}  // namespace slipway::compare
