#include "core/store/locks.hpp"

#include <cerrno>

namespace slipway::store {

Result<void> take_lock(const linux::Fd& file, linux::Lock how, const std::string& name, const ShouldStop& should_stop) {
  // Not flock(2)'s own waiting: the signals that ask to stop are blocked, and wait to be read.
  constexpr int kPatience_ms = 2000;
  constexpr int kSlice_ms = 50;
  constexpr const char* kDoing = "take the store's lock";
  for (int left_ms = kPatience_ms; left_ms > 0; left_ms -= kSlice_ms) {
    const auto locked = linux::lock_within(file, how, kSlice_ms);
    if (!locked) return failure(locked.error().code, kDoing, name);
    if (*locked) return {};
    if (should_stop && should_stop()) return failure(EINTR, kDoing, name);
  }
  return failure(EBUSY, kDoing, name,
                 "another slipway holds it: try again, and look for one that was stopped (ps -C slipway,slipway-full)");
}

}  // namespace slipway::store
