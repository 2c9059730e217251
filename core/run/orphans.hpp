// What a container without a pid namespace leaves when a parent in it ends: processes that no other end ends, and that
// come to the supervisor. Knows nothing of the container but that it has a mount namespace of its own.
#pragma once

#include <sys/types.h>

#include <vector>

#include "core/report/report.hpp"

namespace slipway::run {

/// Adopts nothing until adopt() has made one.
class Orphans {
 public:
  /// From now on they become this process's children (PR_SET_CHILD_SUBREAPER, prctl(2)). What children it has now are
  /// none of the container's: who called exec on slipway may have had some.
  static Result<Orphans> adopt();

  /// Those that there are now: children that came since, and are in another mount namespace than this process. Who has
  /// ended is not among them.
  [[nodiscard]] std::vector<pid_t> list() const;
  /// Kills them and waits for their end, and for those that come to this process by that.
  void end() const;

 private:
  [[nodiscard]] std::vector<pid_t> newer_children() const;

  bool adopts_ = false;
  std::vector<pid_t> earlier_{};
};

}  // namespace slipway::run
