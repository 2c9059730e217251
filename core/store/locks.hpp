// Waiting for the store's locks, which whoever works in the store holds for a moment. Nobody is waited for longer.
#pragma once

#include <functional>

#include "core/linux/file_lock.hpp"

namespace slipway::store {

/// Asked time and again while something is waited for; the waiting then ends with EINTR. Unset: never.
using ShouldStop = std::function<bool()>;

/// Goes with the last descriptor of `file`. EBUSY where somebody else keeps it for longer than a moment, as a slipway
/// does that was stopped; `name` is for that message.
Result<void> take_lock(const linux::Fd& file, linux::Lock how, const std::string& name, const ShouldStop& should_stop);

}  // namespace slipway::store
