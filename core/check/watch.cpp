#include "core/check/watch.hpp"

#include <dlfcn.h>
#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check/apart.hpp"
#include "core/report/report.hpp"

#if defined(__x86_64__)
#define SLIPWAY_WATCHES AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define SLIPWAY_WATCHES AUDIT_ARCH_AARCH64
#endif

namespace slipway::check {

#ifndef SLIPWAY_WATCHES

std::string why_unwatched() {
  return "system calls are watched on x86-64 and arm64 alone, not on this machine's architecture";
}
bool begin_watch() { return false; }
std::vector<std::string> take_tried() { return {}; }

#else

namespace {

// Memory, the process's own locks and signal mask, its end; and what the guard around a plugin's call does.
constexpr auto kHarmless = std::to_array<long>({
    SYS_brk,           SYS_mmap,           SYS_munmap,       SYS_mremap, SYS_mprotect,   SYS_madvise,
    SYS_futex,         SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_exit,   SYS_exit_group, SYS_sigaltstack,
    SYS_timer_settime, SYS_timer_delete,   SYS_getpid,       SYS_gettid, SYS_tgkill,     SYS_sched_yield,
    SYS_getrandom,     SYS_pwrite64,       SYS_timer_create,
});

struct Name {
  long number;
  std::string_view name;
};
constexpr auto kNames = std::to_array<Name>({
    {SYS_openat, "openat"},
    {SYS_read, "read"},
    {SYS_write, "write"},
    {SYS_close, "close"},
    {SYS_writev, "writev"},
    {SYS_pread64, "pread64"},
    {SYS_newfstatat, "newfstatat"},
    {SYS_fstat, "fstat"},
    {SYS_statx, "statx"},
    {SYS_getdents64, "getdents64"},
    {SYS_readlinkat, "readlinkat"},
    {SYS_faccessat, "faccessat"},
    {SYS_chdir, "chdir"},
    {SYS_fchdir, "fchdir"},
    {SYS_getcwd, "getcwd"},
    {SYS_umask, "umask"},
    {SYS_rt_sigaction, "sigaction"},
    {SYS_execve, "execve"},
    {SYS_socket, "socket"},
    {SYS_connect, "connect"},
    {SYS_mount, "mount"},
    {SYS_umount2, "umount2"},
    {SYS_unlinkat, "unlinkat"},
    {SYS_mkdirat, "mkdirat"},
    {SYS_renameat2, "renameat2"},
    {SYS_dup, "dup"},
    {SYS_dup3, "dup3"},
    {SYS_fcntl, "fcntl"},
    {SYS_pipe2, "pipe2"},
    {SYS_memfd_create, "memfd_create"},
    {SYS_kill, "kill"},
    {SYS_nanosleep, "nanosleep"},
    {SYS_clock_nanosleep, "clock_nanosleep"},
    {SYS_clock_gettime, "clock_gettime"},
    {SYS_gettimeofday, "gettimeofday"},
    {SYS_getppid, "getppid"},
    {SYS_getuid, "getuid"},
    {SYS_geteuid, "geteuid"},
    {SYS_getgid, "getgid"},
    {SYS_uname, "uname"},
    {SYS_sysinfo, "sysinfo"},
    {SYS_prctl, "prctl"},
    {SYS_ioctl, "ioctl"},
    {SYS_lseek, "lseek"},
    {SYS_ftruncate, "ftruncate"},
    {SYS_unshare, "unshare"},
    {SYS_setns, "setns"},
    {SYS_prlimit64, "prlimit64"},
    {SYS_sched_getaffinity, "sched_getaffinity"},
#ifdef SYS_open
    {SYS_open, "open"},
    {SYS_stat, "stat"},
    {SYS_access, "access"},
    {SYS_fork, "fork"},
    {SYS_vfork, "vfork"},
    {SYS_mkdir, "mkdir"},
    {SYS_unlink, "unlink"},
    {SYS_readlink, "readlink"},
    {SYS_time, "time"},
#endif
});

struct Tried {
  long number = 0;
  std::array<char, 96> path{};
};
constexpr std::size_t kMostTried = 32;
std::array<Tried, kMostTried> tried;
volatile sig_atomic_t tried_count = 0;

// In which argument of a call a path stands; -1 for none.
int path_argument(long number) {
  switch (number) {
    case SYS_openat:
    case SYS_newfstatat:
    case SYS_statx:
    case SYS_readlinkat:
    case SYS_faccessat:
    case SYS_unlinkat:
    case SYS_mkdirat:
      return 1;
    case SYS_chdir:
    case SYS_execve:
#ifdef SYS_open
    case SYS_open:
    case SYS_stat:
    case SYS_access:
    case SYS_mkdir:
    case SYS_unlink:
    case SYS_readlink:
#endif
      return 0;
    default:
      return -1;
  }
}

// As the system call would: what it was told, and EPERM for an answer.
void on_call(int /*signal*/, siginfo_t* info, void* context) {
  auto* const state = static_cast<ucontext_t*>(context);
  const int at = path_argument(info->si_syscall);
  const char* path = nullptr;
#if defined(__x86_64__)
  auto& registers = state->uc_mcontext.gregs;
  if (at >= 0) path = reinterpret_cast<const char*>(registers[at == 0 ? REG_RDI : REG_RSI]);  // NOLINT
  registers[REG_RAX] = -EPERM;
#else
  auto& registers = state->uc_mcontext.regs;
  if (at >= 0) path = reinterpret_cast<const char*>(registers[at]);  // NOLINT
  registers[0] = static_cast<unsigned long long>(-EPERM);
#endif
  const auto number = static_cast<std::size_t>(tried_count);
  if (number >= kMostTried) return;
  tried[number].number = info->si_syscall;
  tried[number].path.fill('\0');
  for (std::size_t i = 0; path != nullptr && path[i] != '\0' && i + 1 < tried[number].path.size(); ++i)
    tried[number].path[i] = path[i];
  tried_count = tried_count + 1;
}

struct Range {
  std::uint64_t begin = 0, end = 0;
};

// Where the dynamic linker's own code lies.
Range linker_code() {
  Range range;
  ::dl_iterate_phdr(
      [](struct dl_phdr_info* info, std::size_t, void* to) {
        if (info->dlpi_name == nullptr || std::string_view(info->dlpi_name).find("/ld-") == std::string_view::npos)
          return 0;
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const auto& segment = info->dlpi_phdr[i];
          if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
          *static_cast<Range*>(to) = {info->dlpi_addr + segment.p_vaddr,
                                      info->dlpi_addr + segment.p_vaddr + segment.p_memsz};
        }
        return 1;
      },
      &range);
  return range;
}

constexpr std::uint32_t kHalf = 32;

struct sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
struct sock_filter answer_with(std::uint32_t action) {
  return BPF_STMT(BPF_RET | BPF_K, action);
}

// The program of the filter: the linker's calls, then those that are harmless, go through; all others trap.
std::vector<struct sock_filter> filter_for(const Range& linker) {
  const auto low = static_cast<std::uint32_t>(linker.begin);
  const auto high = static_cast<std::uint32_t>(linker.begin >> kHalf);
  const auto low_end = static_cast<std::uint32_t>(linker.end);
  constexpr std::size_t kPointer = offsetof(struct seccomp_data, instruction_pointer);
  std::vector<struct sock_filter> filter{
      load(offsetof(struct seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SLIPWAY_WATCHES, 1, 0),
      answer_with(SECCOMP_RET_TRAP),
      load(kPointer + 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, high, 0, 4),
      load(kPointer),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, low, 0, 2),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, low_end, 1, 0),
      answer_with(SECCOMP_RET_ALLOW),
      load(offsetof(struct seccomp_data, nr)),
  };
  // What is printed goes to files of the kit's, and is told by a check of its own; so does the guard's last word.
  for (const long number : {long{SYS_write}, long{SYS_writev}, long{SYS_fstat}, long{SYS_newfstatat}}) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 5));
    filter.push_back(load(offsetof(struct seccomp_data, args)));
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, STDOUT_FILENO, 1, 0));
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, STDERR_FILENO, 0, 1));
    filter.push_back(answer_with(SECCOMP_RET_ALLOW));
    filter.push_back(load(offsetof(struct seccomp_data, nr)));
  }
  // libc blocks every signal around these, and a trap would then kill. A thread that was begun is seen elsewhere.
  for (const long number : {long{SYS_clone}, long{SYS_clone3}}) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 1));
    filter.push_back(answer_with(SECCOMP_RET_ERRNO | EAGAIN));
  }
  for (const long number : kHarmless) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 1));
    filter.push_back(answer_with(SECCOMP_RET_ALLOW));
  }
  filter.push_back(answer_with(SECCOMP_RET_TRAP));
  return filter;
}

// One that must be seen and refused: where somebody answered prctl(2) who did nothing, silence would be taken for good.
bool is_watching() {
  const bool is_refused = ::syscall(SYS_getppid) == -1 && errno == EPERM;
  const bool is_seen = tried_count == 1;
  tried_count = 0;
  return is_refused && is_seen;
}

}  // namespace

std::string why_unwatched() {
#ifdef SLIPWAY_SANITIZED
  return "this slipway is built with sanitizers, whose runtimes make system calls of their own";
#else
  const Range linker = linker_code();
  if (linker.end == 0 || linker.begin >> kHalf != linker.end >> kHalf)
    return "the dynamic linker, whose system calls are its own, was not found in memory";
  return {};
#endif
}

bool begin_watch() {
  if (!why_unwatched().empty()) return false;
  struct sigaction action {};
  action.sa_sigaction = &on_call;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  ::sigemptyset(&action.sa_mask);
  if (::sigaction(SIGSYS, &action, nullptr) != 0) return false;
  std::vector<struct sock_filter> filter = filter_for(linker_code());
  const struct sock_fprog program { static_cast<unsigned short>(filter.size()), filter.data() };
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 && is_watching();
}

std::vector<std::string> take_tried() {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < static_cast<std::size_t>(tried_count); ++i) {
    const auto* const known =
        std::find_if(kNames.begin(), kNames.end(), [&](const Name& one) { return one.number == tried[i].number; });
    std::string text =
        known != kNames.end() ? std::string(known->name) : "system call " + std::to_string(tried[i].number);
    if (tried[i].path[0] != '\0') text += " \"" + printable(tried[i].path.data(), tried[i].path.size()) + "\"";
    if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(std::move(text));
  }
  tried_count = 0;
  return all;
}

#endif

}  // namespace slipway::check
