#include <seccomp.h>
#include <sys/mman.h>

#include <array>
#include <cerrno>
#include <memory>

#include "core/unpack/cage.hpp"

namespace slipway::unpack {
namespace {

// All that reading, digesting and writing need, and what the C and C++ runtimes call on the way. Nothing that makes
// processes, sockets or mounts, that changes credentials, or that reaches other processes.
constexpr std::array kAllowed = {
    // memory; mmap and mprotect stand below
    "brk", "madvise", "mremap", "munmap",
    // reading and writing what is open
    "close", "fcntl", "fdatasync", "fsync", "fstat", "fstatfs", "ftruncate", "getdents64", "lseek", "pread64",
    "pwrite64", "read", "readv", "syncfs", "write", "writev",
    // names below the directories that are open
    "faccessat", "faccessat2", "fchdir", "fchmod", "fchmodat", "fchmodat2", "fchown", "fchownat", "linkat", "mkdirat",
    "mknodat", "newfstatat", "openat", "openat2", "readlinkat", "renameat", "renameat2", "statx", "symlinkat",
    "unlinkat", "utimensat",
    // extended attributes
    "fgetxattr", "flistxattr", "fremovexattr", "fsetxattr",
    // locks on what is being made
    "flock",
    // the supervisor's socket
    "poll", "ppoll", "recvfrom", "recvmsg", "sendmsg", "sendto",
    // the runtimes: clocks, signals, timers of the guard around plugins, locks
    "clock_getres", "clock_gettime", "clock_nanosleep", "exit", "exit_group", "futex", "getpid", "getrandom", "gettid",
    "gettimeofday", "getuid", "geteuid", "getgid", "getegid", "prlimit64", "restart_syscall", "rseq", "rt_sigaction",
    "rt_sigprocmask", "rt_sigreturn", "sched_yield", "setitimer", "sigaltstack", "sysinfo", "tgkill", "timer_create",
    "timer_delete", "timer_settime", "uname"};

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};

}  // namespace

Result<void> filter_system_calls() {
  constexpr const char* kDoing = "filter the worker's system calls";
  const std::unique_ptr<void, Release> filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (!filter) return failure(0, kDoing);
  for (const char* name : kAllowed) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR) continue;  // younger than the library
    if (const int code = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, number, 0); code != 0) {
      return failure(-code, kDoing, name);
    }
  }
  // Memory is either written or executed, and no new code comes in.
  for (const int number : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    const scmp_arg_cmp not_executable{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
    if (const int code = seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, number, 1, &not_executable); code != 0) {
      return failure(-code, kDoing);
    }
  }
  if (const int code = seccomp_load(filter.get()); code != 0) return failure(-code, kDoing);
  return {};
}

}  // namespace slipway::unpack
