// Keeps a process that calls a plugin from reaching what is not its own: other processes, and files to change.
#pragma once

#include <string>

namespace slipway::check {

/// From now on, for this process and those that it makes: what a list of harmless system calls does not have is
/// refused with EPERM, and is not told of: that is the watch's. Empty where that is so; else why it cannot be. No
/// sandbox: what is only read stays within reach.
std::string contain();

}  // namespace slipway::check
