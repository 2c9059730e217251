// Sees every system call that this process makes, refuses those by which something would be read, changed or asked for
// outside of its own memory, and remembers them. seccomp(2).
#pragma once

#include <string>
#include <vector>

namespace slipway::check {

/// Why this build of slipway, or this process, cannot; empty where it can, as far as is known before it is tried.
std::string why_unwatched();

/// From now on, until the process ends. The dynamic linker's own calls go through: it has a library to map.
bool begin_watch();

/// What was tried since the last time, in words: `openat "/etc/passwd"`; each once.
std::vector<std::string> take_tried();

}  // namespace slipway::check
