// Locks on open files and directories (flock(2)): they go with the last process that has them open, however it ends.
#pragma once

#include "core/linux/fd.hpp"

namespace slipway::linux {

enum class Lock { shared, exclusive };

/// Waits for it.
Result<void> lock(const Fd& file, Lock how);
/// False: somebody else has it.
Result<bool> try_lock(const Fd& file, Lock how);
/// Waits no longer than that; false: somebody else still has it.
Result<bool> lock_within(const Fd& file, Lock how, int limit_ms);

}  // namespace slipway::linux
