// Options as slipway hands them to a plugin: held against the manifest's schema, defaults filled in.
// Knows the documented subset of JSON Schema alone (sdk/host/schema_subset.hpp).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sdk/host/problem.hpp"

namespace slipway::testing {

/// Appends what does not fit; Problem::at is as the plugin knows the option: "/options/upper".
void check_options(const nlohmann::json& schema, const nlohmann::json& options, host::Problems& problems);

/// Writes the schema's defaults where nothing is written, at every depth.
void fill_defaults(const nlohmann::json& schema, nlohmann::json& options);

}  // namespace slipway::testing
