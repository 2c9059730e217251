// Ends a container's processes when their supervisor was killed, where no pid namespace does that: with one, the end of
// its first process is the end of all.
#pragma once

#include "core/linux/fd.hpp"
#include "core/linux/process.hpp"

namespace slipway::run {

struct Guard {
  linux::Process process{};  ///< to be ended when all is well
  linux::Fd line{};          ///< it acts as soon as nobody holds this any more
};
/// The calling process has one thread.
Result<Guard> start_guard();

/// In the container's process, when it is in its mount namespace, and before it is a program: those in it, and no
/// others, are what the guard ends. One that goes to a mount namespace of its own making is not found.
Result<void> tell_guard(const linux::Fd& line);

}  // namespace slipway::run
