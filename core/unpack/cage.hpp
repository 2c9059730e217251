// What the worker gives up before it reads a stranger's first byte.
#pragma once

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"

namespace slipway::unpack {

/// Can be entered while libraries are still opened: no new privileges, no core, no peeking, and limits.
Result<void> enter_cage();

/// The working directory as a mount of its own: no ".." leads out of it, where the directory above would have been
/// reachable from a plain descriptor, mount namespace or not. Its mount must be one of the current namespace.
Result<linux::Fd> detach_working_directory();

/// An empty mount namespace, the six capabilities that exact trees need, Landlock on `directory` and, for reading only,
/// on `source` (none: -1) where the kernel has it, and seccomp. Nothing can be opened by path afterwards.
Result<void> close_cage(int directory, int source = -1);

/// The parts, each usable in a test.
Result<void> leave_all_mounts();
Result<void> drop_capabilities();
Result<void> restrict_to(int directory, int source = -1);
Result<void> filter_system_calls();

}  // namespace slipway::unpack
