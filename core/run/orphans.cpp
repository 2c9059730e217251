#include "core/run/orphans.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string>

#include "core/linux/process.hpp"

namespace slipway::run {
namespace {

enum class Place { here, elsewhere, ended, unknown };

// By its mount namespace.
Place place_of(pid_t pid) {
  struct stat own {
  }, its{};
  if (::stat("/proc/self/ns/mnt", &own) != 0) return Place::unknown;
  if (::stat(("/proc/" + std::to_string(pid) + "/ns/mnt").c_str(), &its) != 0) {
    // Who ends gives up his namespaces first, and only then his children.
    return errno == ENOENT || errno == ESRCH ? Place::ended : Place::unknown;
  }
  return own.st_dev == its.st_dev && own.st_ino == its.st_ino ? Place::here : Place::elsewhere;
}

// The end of one that is about to end. Its other threads may take their time, and so this one does not wait for ever.
void wait_for_end(pid_t pid) {
  constexpr int kLimit_ms = 1000;
  for (int waited_ms = 0; waited_ms < kLimit_ms; ++waited_ms) {
    if (::waitpid(pid, nullptr, WNOHANG) != 0) return;
    (void)::poll(nullptr, 0, 1);
  }
}

}  // namespace

Result<Orphans> Orphans::adopt() {
  Orphans orphans;
  orphans.earlier_ = linux::children_of(::getpid());
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return failure(errno, "adopt the container's orphans");
  orphans.adopts_ = true;
  return orphans;
}

std::vector<pid_t> Orphans::newer_children() const {
  if (!adopts_) return {};
  std::vector<pid_t> children = linux::children_of(::getpid());
  std::erase_if(children, [this](pid_t child) {
    // Nobody waits for these, so no other process can have the number of one of them.
    return std::find(earlier_.begin(), earlier_.end(), child) != earlier_.end();
  });
  return children;
}

std::vector<pid_t> Orphans::list() const {
  std::vector<pid_t> orphans = newer_children();
  std::erase_if(orphans, [](pid_t child) { return place_of(child) != Place::elsewhere; });
  return orphans;
}

void Orphans::end() const {
  // Each round ends what there is; what that leaves orphaned is a child of this process in the next one.
  for (bool found = true; found;) {
    found = false;
    for (const pid_t child : newer_children()) {
      const Place place = place_of(child);
      if (place == Place::here || place == Place::unknown) continue;
      // A child that was not waited for keeps its number.
      if (place == Place::elsewhere) (void)::kill(child, SIGKILL);
      wait_for_end(child);
      found = true;
    }
  }
}

}  // namespace slipway::run
