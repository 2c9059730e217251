#include "core/linux/file_lock.hpp"

#include <poll.h>
#include <sys/file.h>

#include <cerrno>

namespace slipway::linux {
namespace {

int operation(Lock how) { return how == Lock::shared ? LOCK_SH : LOCK_EX; }

}  // namespace

Result<void> lock(const Fd& file, Lock how) {
  while (::flock(file.get(), operation(how)) != 0) {
    if (errno != EINTR) return failure(errno, "lock");
  }
  return {};
}

Result<bool> try_lock(const Fd& file, Lock how) {
  while (::flock(file.get(), operation(how) | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) return failure(errno, "lock");
  }
  return true;
}

Result<bool> lock_within(const Fd& file, Lock how, int limit_ms) {
  constexpr int kPause_ms = 10;
  for (int left_ms = limit_ms;; left_ms -= kPause_ms) {
    auto locked = try_lock(file, how);
    if (!locked || *locked || left_ms <= 0) return locked;
    (void)::poll(nullptr, 0, kPause_ms);
  }
}

}  // namespace slipway::linux
