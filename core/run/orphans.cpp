#include "core/run/orphans.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string>

#include "core/linux/clock.hpp"
#include "core/linux/process.hpp"

namespace slipway::run {
namespace {

// Those of a process and of all its descendants.
std::vector<linux::FileId> mount_namespaces_below(std::vector<pid_t> processes) {
  std::vector<linux::FileId> found;
  for (std::size_t i = 0; i < processes.size(); ++i) {
    for (const linux::FileId& one : linux::mount_namespaces_of(processes[i]).all) {
      if (std::find(found.begin(), found.end(), one) == found.end()) found.push_back(one);
    }
    const std::vector<pid_t> children = linux::children_of(processes[i]);
    processes.insert(processes.end(), children.begin(), children.end());
  }
  return found;
}

}  // namespace

Result<Orphans> Orphans::adopt() {
  Orphans orphans;
  const auto own = linux::own_mount_namespace();
  if (!own) return tl::unexpected(own.error());
  orphans.since_ = linux::start_time_now();
  orphans.spared_ = linux::children_of(::getpid());
  orphans.callers_ = mount_namespaces_below(orphans.spared_);
  orphans.callers_.push_back(*own);
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return failure(errno, "adopt the container's orphans");
  orphans.adopts_ = true;
  return orphans;
}

// What comes from the caller's children began before the container, or is where the caller's processes are. All else is
// the container's: one whose main thread has left has no namespaces to be seen, nor has one that this process may not
// look at (ptrace(2), hidepid of proc(5)).
bool Orphans::is_containers(pid_t child) const {
  if (std::find(spared_.begin(), spared_.end(), child) != spared_.end()) return false;
  const linux::ProcessStat stat = linux::stat_of(child);
  if (stat.start_time != 0 && stat.start_time < since_) return false;
  const linux::MountNamespaces mounts = linux::mount_namespaces_of(child);
  const auto is_callers = [this](const linux::FileId& one) {
    return std::find(callers_.begin(), callers_.end(), one) != callers_.end();
  };
  return mounts.hidden || mounts.all.empty() || !std::all_of(mounts.all.begin(), mounts.all.end(), is_callers);
}

std::vector<pid_t> Orphans::list() const {
  if (!adopts_) return {};
  std::vector<pid_t> orphans = linux::children_of(::getpid());
  std::erase_if(orphans, [this](pid_t child) { return !is_containers(child); });
  return orphans;
}

void Orphans::reap(pid_t first) const {
  for (const pid_t orphan : list()) {
    if (orphan != first) (void)::waitpid(orphan, nullptr, WNOHANG);
  }
}

Result<void> Orphans::end(const std::function<bool()>& should_stop) const {
  constexpr std::uint64_t kPerMillisecond = 1'000'000;
  constexpr std::uint64_t kMoment = 1000 * kPerMillisecond, kLimit = 10'000 * kPerMillisecond;
  const std::uint64_t begin = linux::monotonic_ns();
  std::string last;
  // Each round ends what there is; what that leaves orphaned is a child of this process in the next one.
  while (true) {
    const std::vector<pid_t> orphans = list();
    bool found = false;
    for (const pid_t orphan : orphans) {
      // A child that was not waited for keeps its number.
      (void)::kill(orphan, SIGKILL);
      if (::waitpid(orphan, nullptr, WNOHANG) == 0) last = std::to_string(orphan);
      found = true;
    }
    if (!found) return {};
    const std::uint64_t passed = linux::monotonic_ns() - begin;
    if (passed > kLimit || (passed > kMoment && should_stop && should_stop())) break;
    (void)::poll(nullptr, 0, 1);
  }
  return failure(ETIMEDOUT, "wait for the end of the container's process", last,
                 "it was killed: the kernel's log (dmesg) may tell for what it waits");
}

}  // namespace slipway::run
