#include "core/check/contain.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/check/within.hpp"

#if defined(__x86_64__)
#define SLIPWAY_KNOWS AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define SLIPWAY_KNOWS AUDIT_ARCH_AARCH64
#endif

namespace slipway::check {

#if !defined(SLIPWAY_KNOWS)

std::string contain() { return "system calls are filtered on x86-64 and arm64 alone, not on this architecture"; }

#elif defined(SLIPWAY_SANITIZED)

std::string contain() { return "this slipway is built with sanitizers, whose runtimes need what is refused"; }

#else

namespace {

// Refused where one of these flags is in the argument of that number.
struct Opening {
  long number;
  std::size_t flags;
};
constexpr auto kOpenings = std::to_array<Opening>({
    {SYS_openat, 2},
#ifdef SYS_open
    {SYS_open, 1},
#endif
});

// Allowed where the second argument is this: the rest of fcntl(2) and ioctl(2) signals others, locks files for them and
// changes devices, also by a descriptor that is only for reading.
struct Command {
  long number;
  std::uint32_t word;
};
constexpr auto kCommands = std::to_array<Command>({
    {SYS_fcntl, F_DUPFD},
    {SYS_fcntl, F_DUPFD_CLOEXEC},
    {SYS_fcntl, F_GETFD},
    {SYS_fcntl, F_SETFD},
    {SYS_fcntl, F_GETFL},
    {SYS_fcntl, F_GET_SEALS},
    {SYS_fcntl, F_ADD_SEALS},
    {SYS_ioctl, TCGETS},
    {SYS_ioctl, TIOCGWINSZ},
    {SYS_ioctl, FIONREAD},
    {SYS_ioctl, FIOCLEX},
    {SYS_ioctl, FIONCLEX},
});

struct sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
struct sock_filter argument(std::size_t index) {  // its lower half; both architectures are little-endian
  return load(offsetof(struct seccomp_data, args) + index * sizeof(std::uint64_t));
}
struct sock_filter number() {
  return load(offsetof(struct seccomp_data, nr));
}
struct sock_filter unless(long value, std::uint8_t skipped) {
  return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(value), 0, skipped);
}
struct sock_filter answer_with(std::uint32_t action) {
  return BPF_STMT(BPF_RET | BPF_K, action);
}

struct sock_filter is(std::uint32_t value, std::uint8_t then, std::uint8_t otherwise) {
  return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, then, otherwise);
}

constexpr std::uint32_t kRefusal = SECCOMP_RET_ERRNO | EPERM;

// What calls may do whose arguments decide. The number is loaded before and behind each.
void add_by_argument(pid_t self, std::vector<struct sock_filter>& filter) {
  constexpr std::uint32_t kWriting = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
  for (const Opening& one : kOpenings) {
    filter.push_back(unless(one.number, 4));
    filter.push_back(argument(one.flags));
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kWriting, 0, 1));
    filter.push_back(answer_with(kRefusal));
    filter.push_back(answer_with(SECCOMP_RET_ALLOW));
  }
  for (const Command& one : kCommands) {
    filter.push_back(unless(one.number, 4));
    filter.push_back(argument(1));
    filter.push_back(is(one.word, 0, 1));
    filter.push_back(answer_with(SECCOMP_RET_ALLOW));
    filter.push_back(number());
  }
  // Itself it may signal, as abort(3) does; 0 is itself, or its group.
  for (const long one : {long{SYS_kill}, long{SYS_tgkill}, long{SYS_prlimit64}}) {
    filter.push_back(unless(one, 5));
    filter.push_back(argument(0));
    filter.push_back(is(static_cast<std::uint32_t>(self), 1, 0));
    filter.push_back(is(0, 0, 1));
    filter.push_back(answer_with(SECCOMP_RET_ALLOW));
    filter.push_back(number());
  }
}

std::vector<struct sock_filter> filter_for(pid_t self) {
  std::vector<struct sock_filter> filter{
      load(offsetof(struct seccomp_data, arch)),
      is(SLIPWAY_KNOWS, 1, 0),
      answer_with(kRefusal),
      number(),
  };
#if defined(__x86_64__)  // the x32 ABI has the same calls by other numbers
  constexpr std::uint32_t kFirstOfX32 = 0x40000000;
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kFirstOfX32, 0, 1));
  filter.push_back(answer_with(kRefusal));
#endif
  // Whatever is not in these is refused, so that a kernel's new calls are too.
  const auto allow = [&filter](const auto& calls) {
    for (const long one : calls) {
      filter.push_back(unless(one, 1));
      filter.push_back(answer_with(SECCOMP_RET_ALLOW));
    }
  };
  allow(within::kGuard);
  allow(within::kMemory);
  allow(within::kFiles);
  allow(within::kWaiting);
  allow(within::kProcesses);
  allow(within::kKnowing);
  allow(within::kOlder);
  add_by_argument(self, filter);
  // A C library that tries a newer call first then takes the older one.
  constexpr std::uint32_t kFirstOfLater = 450;
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kFirstOfLater, 0, 1));
  filter.push_back(answer_with(SECCOMP_RET_ERRNO | ENOSYS));
  filter.push_back(answer_with(kRefusal));
  return filter;
}

// One that must be refused: somebody may have answered prctl(2) who did nothing.
bool is_contained() { return ::connect(-1, nullptr, 0) == -1 && errno == EPERM; }

}  // namespace

std::string contain() {
  std::vector<struct sock_filter> filter = filter_for(::getpid());
  const struct sock_fprog program { static_cast<unsigned short>(filter.size()), filter.data() };
  const bool is_set = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 && is_contained();
  if (is_set) return {};
  return "this process may not have its system calls filtered (seccomp(2)); a container may forbid it";
}

#endif

}  // namespace slipway::check
