// Where plugins are looked for, with the words that this core knows.
#pragma once

#include <string>
#include <vector>

#include "core/plugins/plugins.hpp"

namespace slipway::plan {

/// Looks in the built-in directory, then in these.
Result<plugins::Finder> finder_for(const std::vector<std::string>& plugin_dirs);

}  // namespace slipway::plan
