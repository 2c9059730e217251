// What the commands begin with that look at a pipeline or an image and run nothing.
#pragma once

#include <optional>
#include <string>

#include "core/cli/target.hpp"
#include "core/plan/blueprint.hpp"

namespace slipway::cli {

/// Of a pipeline file or an image's source; nothing where it cannot be read, and why has been printed.
std::optional<plan::Blueprint> read_blueprint(const std::string& name, const TargetOptions& options);

}  // namespace slipway::cli
