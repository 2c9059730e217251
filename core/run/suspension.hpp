// A container that stands still: all of its processes stopped, and let go on later.
#pragma once

#include <vector>

#include "core/linux/process.hpp"
#include "core/run/orphans.hpp"

namespace slipway::run {

class Suspension {
 public:
  /// Stops `first`, the orphans and all of their descendants, but those that have been stopped already by somebody
  /// else.
  Suspension(const linux::Process& first, const Orphans& orphans);
  /// Lets go on what was stopped; children before their parents, so that no parent hears of a child that stopped.
  ~Suspension();
  Suspension(const Suspension&) = delete;
  Suspension& operator=(const Suspension&) = delete;

 private:
  struct Member {
    linux::Process process{};
    bool ours = false;  ///< stopped by this
  };
  void stop(pid_t pid, pid_t parent);
  [[nodiscard]] bool knows(pid_t pid) const;

  std::vector<Member> members_{};  ///< parents before their children
};

}  // namespace slipway::run
