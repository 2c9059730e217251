// What `after` and `replaces` call steps: OWNER:LABEL.
#pragma once

#include <string>
#include <vector>

#include "core/plan/plan.hpp"

namespace slipway::plan {

/// "pseudo-standard:/dev/shm".
std::string full_label(const PlannedStep& step);
/// All names that the steps go by: a result's name is one as well.
std::vector<std::string> labels_of(const std::vector<PlannedStep>& steps);
/// For somebody who wrote `label`, which is not among `known`, at the plugin called `own`.
std::string hint_to_label(const std::string& label, const std::vector<std::string>& known, const std::string& own);

}  // namespace slipway::plan
