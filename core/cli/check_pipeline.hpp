// Whether a pipeline holds together, found out without its image.
#pragma once

#include <tl/expected.hpp>

#include "core/config/request.hpp"
#include "core/plan/blueprint.hpp"

namespace slipway::cli {

/// Reads it, loads its plugins and has them plan for an image of which nothing is known. Warnings are added to `notes`.
tl::expected<plan::Blueprint, Findings> check_pipeline(const config::Request& request, Findings& notes);

}  // namespace slipway::cli
