// Whether what a plan's calls say fits the journal of a run.
#pragma once

#include <optional>
#include <vector>

#include "core/plan/plan.hpp"

namespace slipway::plan {

/// Of the first call that is one too many. Found here, because a run would find it when others have been carried out.
std::optional<Finding> excess_of_calls(const std::vector<PlannedStep>& steps);

}  // namespace slipway::plan
