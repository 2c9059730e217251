#include "core/compare/running/settling.hpp"

#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <ctime>

namespace slipway::compare {

bool settle(const std::string& path, Interruption& interruption) {
  constexpr std::int64_t kYoung_ms = 2100;
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return true;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const timespec changed = std::max(found.st_mtim, found.st_ctim, [](const timespec& one, const timespec& other) {
    return one.tv_sec != other.tv_sec ? one.tv_sec < other.tv_sec : one.tv_nsec < other.tv_nsec;
  });
  const std::int64_t age_ms = (now.tv_sec - changed.tv_sec) * 1000 + (now.tv_nsec - changed.tv_nsec) / 1'000'000;
  // A file of the future is none that waiting would help.
  if (age_ms < 0 || age_ms >= kYoung_ms) return true;
  pollfd asked{interruption.descriptor().get(), POLLIN, 0};
  (void)::poll(&asked, 1, static_cast<int>(kYoung_ms - age_ms));
  return !interruption.look();
}

}  // namespace slipway::compare
