// The sections of the page; ../export.hpp has the whole.
#pragma once

#include <string>
#include <vector>

#include "core/compare/outcome/outcome.hpp"
#include "core/compare/report/findings.hpp"

namespace slipway::compare::html {

/// The first measure's verdicts as sentences.
std::string verdicts(const Outcome& outcome, const Findings& findings);
/// Everything about one measure.
std::string measure(const Outcome& outcome, const Findings& findings);
/// What each variant was: command, digests, pipeline, and what it has other than the baseline.
std::string pipelines(const Outcome& outcome);
std::string environment(const Outcome& outcome);

}  // namespace slipway::compare::html
