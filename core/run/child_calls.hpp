// Calls of the mount and seal phases, made by the container's first process in its namespaces.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/plan/caller.hpp"
#include "core/plan/plan.hpp"
#include "core/steps/inside.hpp"

namespace slipway::run {

/// The results that calls of the seal phase are handed, which the host is not let go of before.
std::set<std::string, std::less<>> results_for_seal(const std::vector<plan::NumberedStep>& steps);

/// Its result, where it is to have one, joins those of `inside`. What it reports beside a failure's reason goes over
/// `control`.
Result<void> call_inside(const plan::NumberedStep& step, const plan::Caller* caller, steps::Inside& inside,
                         const linux::Fd& control);

}  // namespace slipway::run
