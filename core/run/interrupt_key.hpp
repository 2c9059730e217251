// The interrupt key (Ctrl-C) at a container's own terminal, where it may reach nobody: the kernel gives process 1 of a
// pid namespace no signal that it has no handler for.
#pragma once

#include <sys/types.h>

#include <string_view>

#include "core/linux/fd.hpp"

namespace slipway::run {

/// How often `typed` has the key that interrupts whoever has the terminal in the foreground; 0 where the program takes
/// keys as they are.
int interrupts_in(std::string_view typed, const linux::Fd& master);

/// Whether that key does nothing: `first` is in the foreground, and no process there handles SIGINT or waits for it.
bool goes_unheard(pid_t first, const linux::Fd& master);

}  // namespace slipway::run
