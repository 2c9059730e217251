#include "core/linux/process.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <string>

#include "core/linux/listing.hpp"

namespace slipway::linux {
namespace {

constexpr const char* kTooMany =
    "a limit of processes is reached: the user's (ulimit -u), a cgroup's (pids.max) or the host's (kernel.pid_max)";

void move_away(const Process& process) {
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < 2) return;
  const int here = ::sched_getcpu();
  if (here < 0) return;
  // The next one: neighbours share most of their caches.
  int other = (here + 1) % CPU_SETSIZE;
  while (!CPU_ISSET(static_cast<unsigned>(other), &allowed)) other = (other + 1) % CPU_SETSIZE;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<unsigned>(other), &one);
  if (::sched_setaffinity(process.pid, sizeof one, &one) == 0)
    (void)::sched_setaffinity(process.pid, sizeof allowed, &allowed);
}

Result<Process> clone_with(std::uint64_t flags, unsigned exit_signal) {
  int pidfd = -1;
  clone_args arguments{};
  arguments.flags = flags | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uint64_t>(&pidfd);
  arguments.exit_signal = exit_signal;
  const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid < 0) {
    const int code = errno;
    return failure(code, "make a process in new namespaces", "", code == EAGAIN ? kTooMany : "");
  }
  return Process{static_cast<pid_t>(pid), pid == 0 ? Fd() : Fd(pidfd)};
}

}  // namespace

Result<Process> clone_process(std::uint64_t namespaces) { return clone_with(namespaces, SIGCHLD); }

// clone(2) wants no exit signal beside CLONE_PARENT: the caller's own is taken.
Result<Process> clone_sibling(std::uint64_t namespaces) { return clone_with(namespaces | CLONE_PARENT, 0); }

BeginElsewhere BeginElsewhere::prepare() {
  BeginElsewhere begin;
  const sched_param none{};
  begin.is_batch_ = ::sched_getscheduler(0) == SCHED_OTHER && ::sched_setscheduler(0, SCHED_BATCH, &none) == 0;
  return begin;
}

void BeginElsewhere::send(const Process& process) const {
  move_away(process);
  arrived();  // not earlier: the change makes the scheduler think again of who should run here
}

void BeginElsewhere::arrived() const {
  const sched_param none{};
  if (is_batch_) (void)::sched_setscheduler(0, SCHED_OTHER, &none);
}

bool has_ended(const Process& process) {
  pollfd end{process.pidfd.get(), POLLIN, 0};
  return ::poll(&end, 1, 0) > 0;
}

namespace {

// waitid(2) tells the use of resources too, which the function of the C library leaves out.
Result<Ending> wait_with(const Process& process, int options) {
  constexpr std::uint64_t kPerKibibyte = 1024;
  siginfo_t info{};
  rusage use{};
  while (::syscall(SYS_waitid, P_PIDFD, process.pidfd.get(), &info, WEXITED | options, &use) != 0) {
    if (errno != EINTR) return failure(errno, "wait for process", std::to_string(process.pid));
  }
  const std::uint64_t peak_bytes = static_cast<std::uint64_t>(use.ru_maxrss) * kPerKibibyte;
  if (info.si_code == CLD_EXITED) return Ending{info.si_status, 0, peak_bytes};
  return Ending{0, info.si_status, peak_bytes};
}

}  // namespace

Result<Ending> wait_for(const Process& process) { return wait_with(process, 0); }

Result<Ending> ending_of(const Process& process) { return wait_with(process, WNOWAIT); }

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

// getrusage(2) counts what the process was before exec(2), too: a copy of who started it, however large that is.
std::uint64_t peak_of_this_process() {
  constexpr std::uint64_t kPerKibibyte = 1024;
  constexpr std::size_t kLargestStatus = std::size_t{64} << 10U;
  constexpr std::string_view kPeak = "VmHWM:";  // proc_pid_status(5)
  const Fd file(::open("/proc/self/status", O_RDONLY | O_CLOEXEC));
  const std::string text = file ? read_all(file, kLargestStatus).value_or(std::string()) : std::string();
  std::size_t at = text.find(kPeak);
  if (at == std::string::npos) return 0;
  at = text.find_first_not_of(" \t", at + kPeak.size());
  std::uint64_t kibibytes = 0;
  if (at != std::string::npos) (void)std::from_chars(text.data() + at, text.data() + text.size(), kibibytes);
  return kibibytes * kPerKibibyte;
}

std::uint64_t peak_of_children() {
  constexpr std::uint64_t kPerKibibyte = 1024;
  rusage use{};
  if (::getrusage(RUSAGE_CHILDREN, &use) != 0) return 0;
  return static_cast<std::uint64_t>(use.ru_maxrss) * kPerKibibyte;
}

// Each thread has a list of those that it made; proc_pid_task(5).
std::vector<pid_t> children_of(pid_t parent) {
  constexpr std::size_t kLargestList = std::size_t{1} << 20U;
  std::vector<pid_t> children;
  const Fd tasks(::open(("/proc/" + std::to_string(parent) + "/task").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!tasks) return children;
  (void)list(tasks, [&](const std::string& task) {
    const Fd file(::openat(tasks.get(), (task + "/children").c_str(), O_RDONLY | O_CLOEXEC));
    const std::string text = file ? read_all(file, kLargestList).value_or(std::string()) : std::string();
    const char* at = text.data();
    for (const char* const end = at + text.size(); at < end; ++at) {
      pid_t child = 0;
      const auto [next, problem] = std::from_chars(at, end, child);
      if (problem == std::errc{}) children.push_back(child);
      at = std::max(at, next);
    }
    return true;
  });
  return children;
}

}  // namespace slipway::linux
