// `slipway plugin explain NAME`: the search for a plugin, told aloud.
#pragma once

#include <string>

#include "core/plugins/plugins.hpp"

namespace slipway::cli {

/// Prints it; the exit status: whether a pipeline that names the plugin gets one.
int explain_plugin(plugins::Finder& finder, const std::string& name, bool json);

}  // namespace slipway::cli
