// Whether what a variant does is what the baseline does: what is faster at something else is no better.
// Knows nothing of how it came about.
#pragma once

#include <string>

#include "core/compare/experiment/experiment.hpp"
#include "core/compare/running/sample.hpp"

namespace slipway::compare {

/// Why a run is none that counts: it did not start or end, or not with that status. Empty: it is fine.
std::string problem_of(const Sample& sample, int expected);

/// In what a variant's output differs from the baseline's, with the first differing line of both; empty: in nothing.
std::string difference_of(const Listening& baseline, const Listening& variant);

}  // namespace slipway::compare
