// Removing what a run left in the store, its files owned by subordinate ids included.
#pragma once

#include "core/report/report.hpp"
#include "core/run/journal.hpp"

namespace slipway::run {

/// Directly where that is allowed, else from inside a user namespace with the recorded id map.
Result<void> remove_run_directory(const RunDirectory& record);

}  // namespace slipway::run
