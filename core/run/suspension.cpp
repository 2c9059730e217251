#include "core/run/suspension.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "core/linux/process_stat.hpp"

namespace slipway::run {
// The parent is compared after the process has been opened: a number that went to another process in between is
// nobody's child here.
void Suspension::stop(pid_t pid, pid_t parent) {
  linux::Process process{pid, linux::Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)))};
  if (!process.pidfd || linux::stat_of(pid).parent != parent) return;
  const bool runs = linux::is_running(pid);
  if (runs) (void)linux::send_signal(process, SIGSTOP);
  members_.push_back({std::move(process), runs});
}

bool Suspension::knows(pid_t pid) const {
  return std::any_of(members_.begin(), members_.end(), [pid](const Member& one) { return one.process.pid == pid; });
}

Suspension::Suspension(const linux::Process& first, const Orphans& orphans) {
  stop(first.pid, ::getpid());
  // A process that was making a child when it was stopped has one that only the next round finds.
  for (std::size_t before = 0; before != members_.size();) {
    before = members_.size();
    for (const pid_t orphan : orphans.list()) {
      if (!knows(orphan)) stop(orphan, ::getpid());
    }
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const pid_t parent = members_[i].process.pid;
      for (const pid_t child : linux::children_of(parent)) {
        if (!knows(child)) stop(child, parent);
      }
    }
  }
}

Suspension::~Suspension() {
  for (auto one = members_.rbegin(); one != members_.rend(); ++one) {
    if (one->ours) (void)linux::send_signal(one->process, SIGCONT);
  }
}

}  // namespace slipway::run
