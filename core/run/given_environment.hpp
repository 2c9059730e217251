// The values of -e: passwords come that way, so a plan is made, and kept on disk, with a word in the place of each.
// They are filled in at each start.
#pragma once

#include <string>

#include "core/plan/plan.hpp"
#include "core/plan/start_record.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

/// Whether it has any.
bool gives_values(const config::Request& request);

/// The request with a word in the place of each value.
config::Request veiled(const config::Request& request);

/// The steps of the child (child_steps_bytes()) of a plan for the veiled request, with the values of this one.
Result<std::string> with_values(std::string child_steps, const config::Request& request);

/// Whether a plan for the veiled request has a word where with_values() fills nothing in: a plugin made something else
/// of the values than variables of the program's environment.
bool uses_values_elsewhere(const plan::Plan& plan, const config::Request& request);

}  // namespace slipway::run
