// What the worker gives up before it reads a stranger's first byte.
#pragma once

#include <span>

#include "core/report/report.hpp"

namespace slipway::unpack {

/// Can be entered while libraries are still opened: no new privileges, no core, no peeking, and limits.
Result<void> enter_cage();

/// An empty mount namespace, the six capabilities that exact trees need, Landlock on `directories` where the kernel has
/// it, and seccomp. Nothing can be opened by path afterwards.
Result<void> close_cage(std::span<const int> directories);

/// The parts, each usable in a test.
Result<void> leave_all_mounts();
Result<void> drop_capabilities();
Result<void> restrict_to(std::span<const int> directories);
Result<void> filter_system_calls();

}  // namespace slipway::unpack
