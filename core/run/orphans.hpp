// What a container without a pid namespace leaves when a parent in it ends: processes that no other end ends, and that
// come to the supervisor.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "core/linux/process_stat.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

/// Adopts nothing until adopt() has made one.
class Orphans {
 public:
  /// From now on they become this process's children (PR_SET_CHILD_SUBREAPER, prctl(2)). What children it has now, and
  /// what those leave, is none of the container's: who called exec on slipway may have had some.
  static Result<Orphans> adopt();
  [[nodiscard]] bool adopts() const { return adopts_; }
  /// A process of slipway's own, made since then, is not one of them.
  void spare(pid_t helper) { spared_.push_back(helper); }

  /// Those that there are now, and the container's first process, when it is this one's child.
  [[nodiscard]] std::vector<pid_t> list() const;
  /// Takes the status of those that have ended, so that they do not pile up; `first` keeps its own.
  void reap(pid_t first) const;
  /// Kills them and waits for their end, and for those that come to this process by that. Gives up after a while, or
  /// when `should_stop` says so after a moment in which all should have ended; then it tells which have not.
  Result<void> end(const std::function<bool()>& should_stop = {}) const;

 private:
  [[nodiscard]] bool is_containers(pid_t child) const;

  bool adopts_ = false;
  std::uint64_t since_ = 0;               ///< as linux::start_time_now() has it
  std::vector<pid_t> spared_{};           ///< nobody waits for them meanwhile, so no other process gets their numbers
  std::vector<linux::FileId> callers_{};  ///< mount namespaces of this process and of its earlier descendants
};

}  // namespace slipway::run
