// What the scripts have of shell functions: the lookups that no tool has an option for.
#pragma once

#include <set>
#include <string>

namespace slipway::script {

/// The text of these and of those that they call.
std::string functions_text(const std::set<std::string>& names);

}  // namespace slipway::script
