// The container's first process, from clone to exec: carries out the steps of the phases mount to exec.
// Knows nothing of plugins, the store or the journal.
#pragma once

#include <cstdint>
#include <string>

#include "core/linux/fd.hpp"

namespace slipway::run {

struct ChildSetup {
  linux::Fd control{};           ///< the child's end of the socket; see wire.hpp
  std::uint64_t namespaces = 0;  ///< CLONE_NEW* that the child makes itself, while the supervisor plans
  bool waits_for_ids = false;  ///< it is in a new user namespace, and a byte on `control` says that its ids are mapped
  bool may_set_groups = true;
  bool tells_times = false;  ///< a message after each step
  std::string term{};
};

/// What the supervisor writes before the plan where the child waits for its ids.
inline constexpr char kIdsAreMapped = 'i';

/// Never returns: ends in exec, or in a message and _exit.
[[noreturn]] void child_main(ChildSetup setup);

}  // namespace slipway::run
