// The container's own terminal as its first process makes it, once all of its mounts are there.
#pragma once

#include <cstdint>

#include "core/linux/fd.hpp"

namespace slipway::run {

/// What the user's terminal has to say of the container's.
enum class Likeness : std::uint8_t {
  size_alone,      ///< another job has it at the moment, and set its modes to its own liking
  size_and_modes,  ///< and the keys that mean something
};

/// Makes a terminal on the container's devpts, puts it in the place of the standard streams and on /dev/console, and
/// sends both its ends to the supervisor. `root` is the container's root. It is complete before the program sees it:
/// what the supervisor would set later might come after what the program has set.
Result<void> make_terminal(const linux::Fd& root, const linux::Fd& control, Likeness likeness);

/// The size of the first standard stream that is a terminal.
void copy_size_to(const linux::Fd& terminal);

/// Makes the standard streams' terminal the one that controls the calling process's session, which has none yet.
Result<void> take_controlling_terminal();

}  // namespace slipway::run
