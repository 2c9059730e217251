// The part of JSON Schema that an option may be described with. Small, so that every message about an option can be
// slipway's own, and so that options.hpp can be made from it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sdk/host/problem.hpp"

namespace slipway::host {

/// Appends what is wrong with the "options" of a manifest. Problem::at begins with "/options".
void check_options_schema(const nlohmann::json& schema, Problems& problems);

}  // namespace slipway::host
