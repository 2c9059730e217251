// Results out of files.
#pragma once

#include <string>

#include "core/compare/outcome/outcome.hpp"

namespace slipway::compare {

/// The result that --export-json wrote to the path; see read_outcome().
Result<Outcome> load_outcome(const std::string& path);

}  // namespace slipway::compare
