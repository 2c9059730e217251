// `slipway plugin list --paths`: what stands before the "=" of --set, and behind it where there are words to choose
// from.
#pragma once

#include <string>

#include "core/plugins/plugins.hpp"

namespace slipway::cli {

/// A line each: "rootfs.upper=", "rootfs.upper=disk"; of a stage that is a list "harden.harden-proc.mask=".
std::string paths_of_options(plugins::Finder& finder);

}  // namespace slipway::cli
