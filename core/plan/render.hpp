// Lines of a log in JSON, without the braces around them: the log adds time and level.
#pragma once

#include <cstdint>
#include <string>

#include "core/plan/plan.hpp"

namespace slipway::plan {

/// "run":…,"step":17,"phase":"mount","type":"overlay","owner":"fs-overlay","microseconds":153,"message":…
std::string event_members(const std::string& run, std::uint32_t number, const PlannedStep& step,
                          std::uint64_t microseconds);
/// "run":…,"place":…,"pointer":…,"message":…,"hint":…
std::string message_members(const std::string& run, const Finding& finding);

}  // namespace slipway::plan
