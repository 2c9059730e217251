// Ends a container's processes when their supervisor was killed, where no pid namespace does that: with one, the end of
// its first process is the end of all.
#pragma once

#include "core/linux/fd.hpp"

namespace slipway::run {

/// Starts a process that acts as soon as nobody holds what is returned any more. The calling process has one thread,
/// and ends the guard with its other children when all is well.
Result<linux::Fd> start_guard();

/// In the container's process, when it is in its mount namespace, and before it is a program: those in it, and no
/// others, are what the guard ends. One that goes to a mount namespace of its own making is not found.
Result<void> tell_guard(const linux::Fd& guard);

}  // namespace slipway::run
