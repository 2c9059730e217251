#include "core/linux/process.hpp"

#include <linux/sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace slipway::linux {

Result<Process> clone_process(std::uint64_t namespaces) {
  int pidfd = -1;
  clone_args arguments{};
  arguments.flags = namespaces | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uint64_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid < 0) return failure(errno, "make a process in new namespaces");
  return Process{static_cast<pid_t>(pid), pid == 0 ? Fd() : Fd(pidfd)};
}

Result<Ending> wait_for(const Process& process) {
  siginfo_t info{};
  while (::waitid(P_PIDFD, static_cast<id_t>(process.pidfd.get()), &info, WEXITED) != 0) {
    if (errno != EINTR) return failure(errno, "wait for process", std::to_string(process.pid));
  }
  if (info.si_code == CLD_EXITED) return Ending{info.si_status, 0};
  return Ending{0, info.si_status};
}

Result<void> send_signal(const Process& process, int signal) {
  if (::syscall(SYS_pidfd_send_signal, process.pidfd.get(), signal, nullptr, 0) != 0) {
    return failure(errno, "send a signal to process", std::to_string(process.pid));
  }
  return {};
}

void end_now(Process& process) {
  if (!process.pidfd) return;
  // ESRCH: it has ended already and only waits to be waited for.
  (void)send_signal(process, SIGKILL);
  (void)wait_for(process);
  process.pidfd.reset();
}

}  // namespace slipway::linux
