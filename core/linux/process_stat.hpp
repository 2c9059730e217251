// What /proc says of a process that is held by its number alone.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::linux {

/// Out of /proc/PID/stat; proc_pid_stat(5). As it is made: there is no such process.
struct ProcessStat {
  char state = 'X';
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  std::uint64_t flags = 0;
  std::uint64_t threads = 0;
  std::uint64_t start_time = 0;  ///< in clock ticks since boot
  /// Whether nothing of it runs any more, be it waited for or not. State Z alone does not say so: it is the main
  /// thread's, and a process whose main thread has left (pthread_exit(3)) lives on in its other threads.
  [[nodiscard]] bool has_ended() const { return (state == 'Z' || state == 'X') && threads <= 1; }
};
ProcessStat stat_of(pid_t pid);

/// Whether it has a handler for the signal, or holds it back, as who reads signals from a descriptor does.
bool takes_signal(pid_t pid, int signal);

/// Whether it runs, as opposed to: it was stopped, or has ended.
bool is_running(pid_t pid);

/// Now, as start times are counted.
std::uint64_t start_time_now();

/// A file by its inode.
struct FileId {
  dev_t device = 0;
  ino_t number = 0;
  friend bool operator==(const FileId&, const FileId&) = default;
};

/// Where the threads of a process are: mostly in one mount namespace, but each may go to another (unshare(2)), and the
/// main one may have left none behind while the others live.
struct MountNamespaces {
  std::vector<FileId> all{};
  bool hidden = false;  ///< there is one that this process may not see
  [[nodiscard]] bool contain(const FileId& one) const;
};
MountNamespaces mount_namespaces_of(pid_t pid);
/// This process's own.
Result<FileId> own_mount_namespace();

}  // namespace slipway::linux
