// Where plugins are looked for, with the words that this core knows.
#pragma once

#include <string>
#include <vector>

#include "core/plugins/plugins.hpp"

namespace slipway::plan {

/// Looks in the built-in directory, then in these.
Result<plugins::Finder> finder_for(const std::vector<std::string>& plugin_dirs);

/// What the user names has to be there: else a slip of the finger would show as a plugin that is missing.
Result<void> check_plugin_directory(const std::string& path);

}  // namespace slipway::plan
