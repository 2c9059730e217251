// Keeps a process that calls a plugin from reaching what is not its own: other processes, and files to change.
#pragma once

namespace slipway::check {

/// From now on, for this process and those that it makes. What is refused fails with EPERM, and is not told of: that is
/// the watch's. Does nothing where system calls are not known by number, and under sanitizers, whose runtimes need
/// them. No sandbox: what is only read, and the network that is there already, stays within reach.
void contain();

}  // namespace slipway::check
