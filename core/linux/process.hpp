// Processes by descriptor: clone3, waiting, signals.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "core/linux/fd.hpp"

namespace slipway::linux {

struct Process {
  pid_t pid = 0;
  Fd pidfd{};
};

/// clone3(2) with CLONE_PIDFD and the given CLONE_NEW* flags, as fork: returns pid 0 in the child. No atfork handler
/// runs, so the caller has one thread.
Result<Process> clone_process(std::uint64_t namespaces);

/// The same, as a child of the calling process's parent, which is to wait for it; CLONE_PARENT.
Result<Process> clone_sibling(std::uint64_t namespaces);

/// Has a process begin on another processor than its maker's, where it may run on another. The scheduler leaves a new
/// process with its maker as long as it thinks that cheaper (to keep other processors asleep), and then one of the two
/// waits for all that the other still has to do. Where it may run later on is left as it is.
class BeginElsewhere {
 public:
  /// Before the process is made. A process of SCHED_BATCH does not take its maker's processor by being made; sched(7).
  static BeginElsewhere prepare();
  /// Of the maker, right after.
  void send(const Process& process) const;
  /// Of the new process, as the first thing that it does.
  void arrived() const;

 private:
  bool is_batch_ = false;
};

/// How a process ended.
struct Ending {
  int exit_status = 0;           ///< what it gave to exit, when signal is 0
  int signal = 0;                ///< what killed it
  std::uint64_t peak_bytes = 0;  ///< the most memory that it had, or one of those that it waited for; getrusage(2)
  [[nodiscard]] int shell_status() const { return signal != 0 ? 128 + signal : exit_status; }
};
/// Whether it has ended, be it waited for or not.
bool has_ended(const Process& process);
Result<Ending> wait_for(const Process& process);
/// The same, and the process stays to be waited for.
Result<Ending> ending_of(const Process& process);
/// SIGKILL, then waits; does nothing for a process that was waited for.
void end_now(Process& process);
Result<void> send_signal(const Process& process, int signal);

/// The most memory that this process had, and that any child had that it has waited for: bytes, getrusage(2).
std::uint64_t peak_of_this_process();
std::uint64_t peak_of_children();

/// The children of a process, those of all its threads; those that have ended and were not waited for among them.
std::vector<pid_t> children_of(pid_t parent);

}  // namespace slipway::linux
