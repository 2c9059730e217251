// Time for measuring.
#pragma once

#include <cstdint>
#include <ctime>

namespace slipway::linux {

/// CLOCK_MONOTONIC in nanoseconds; clock_gettime(2).
inline std::uint64_t monotonic_ns() {
  constexpr std::uint64_t kPerSecond = 1'000'000'000;
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * kPerSecond + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace slipway::linux
