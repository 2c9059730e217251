// The container's first process, from clone to exec: carries out the steps of the phases mount to exec.
// Knows nothing of the store or the journal, and of plugins that some have functions which were loaded before it was
// made.
#pragma once

#include <cstdint>

#include "core/linux/fd.hpp"
#include "core/plan/caller.hpp"

namespace slipway::run {

struct ChildSetup {
  linux::Fd control{};           ///< the child's end of the socket; see wire.hpp
  linux::Fd guard{};             ///< where one must know which mount namespace is the container's; see guard.hpp
  linux::Fd mapped{};            ///< in a new user namespace: a pipe that ends when the ids are mapped
  std::uint64_t namespaces = 0;  ///< CLONE_NEW* that the child makes itself, while the supervisor plans
  const plan::Caller* caller = nullptr;  ///< where plugins may have functions to call; it then tells that it is ready
};

/// Never returns: ends in exec, or in a message and _exit.
[[noreturn]] void child_main(ChildSetup setup);

}  // namespace slipway::run
