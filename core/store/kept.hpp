// kept/<run>: directories of runs that were to outlive them, for people to look into. Nobody uses or locks them.
#pragma once

#include <string>
#include <vector>

#include "core/store/store.hpp"

namespace slipway::store {

/// Moves runs/<run> there; its new path.
Result<std::string> keep_run_directory(const Store& store, const std::string& run);
/// Their names.
Result<std::vector<std::string>> kept_runs(const Store& store);
/// As far as this process may.
Result<void> remove_kept(const Store& store, const std::string& run);

}  // namespace slipway::store
