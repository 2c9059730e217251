#include "core/check/contain.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

#if defined(__x86_64__)
#define SLIPWAY_KNOWS AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define SLIPWAY_KNOWS AUDIT_ARCH_AARCH64
#endif

namespace slipway::check {

#if !defined(SLIPWAY_KNOWS) || defined(SLIPWAY_SANITIZED)

void contain() {}

#else

namespace {

// What changes files or mounts, starts programs, reaches other processes or namespaces.
constexpr auto kRefused = std::to_array<long>({
    SYS_unlinkat,
    SYS_renameat2,
    SYS_mkdirat,
    SYS_mknodat,
    SYS_linkat,
    SYS_symlinkat,
    SYS_truncate,
    SYS_fchmodat,
    SYS_fchownat,
    SYS_fchmod,
    SYS_fchown,
    SYS_setxattr,
    SYS_lsetxattr,
    SYS_fsetxattr,
    SYS_removexattr,
    SYS_lremovexattr,
    SYS_fremovexattr,
    SYS_utimensat,
    SYS_openat2,
    SYS_execve,
    SYS_execveat,
    SYS_connect,
    SYS_bind,
    SYS_mount,
    SYS_umount2,
    SYS_move_mount,
    SYS_open_tree,
    SYS_fsopen,
    SYS_mount_setattr,
    SYS_pivot_root,
    SYS_chroot,
    SYS_unshare,
    SYS_setns,
    SYS_ptrace,
    SYS_process_vm_writev,
    SYS_tkill,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    SYS_pidfd_send_signal,
    SYS_pidfd_getfd,
    SYS_io_uring_setup,
    SYS_bpf,
    SYS_reboot,
    SYS_init_module,
    SYS_finit_module,
    SYS_swapon,
    SYS_sethostname,
    SYS_setpriority,
    SYS_acct,
#ifdef SYS_open
    SYS_creat,
    SYS_unlink,
    SYS_rename,
    SYS_mkdir,
    SYS_rmdir,
    SYS_mknod,
    SYS_link,
    SYS_symlink,
    SYS_chmod,
    SYS_chown,
    SYS_lchown,
    SYS_renameat,
    SYS_utime,
    SYS_utimes,
    SYS_futimesat,
#endif
});

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

std::vector<struct sock_filter> filter_for(pid_t self) {
  constexpr std::uint32_t kRefusal = SECCOMP_RET_ERRNO | EPERM;
  constexpr std::uint32_t kWriting = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
  std::vector<struct sock_filter> filter{
      load(offsetof(struct seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SLIPWAY_KNOWS, 1, 0),
      answer_with(kRefusal),
      number(),
  };
#if defined(__x86_64__)  // the x32 ABI has the same calls by other numbers
  constexpr std::uint32_t kFirstOfX32 = 0x40000000;
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kFirstOfX32, 0, 1));
  filter.push_back(answer_with(kRefusal));
#endif
  for (const long one : kRefused) {
    filter.push_back(unless(one, 1));
    filter.push_back(answer_with(kRefusal));
  }
  for (const Opening& one : kOpenings) {
    filter.push_back(unless(one.number, 4));
    filter.push_back(argument(one.flags));
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kWriting, 0, 1));
    filter.push_back(answer_with(kRefusal));
    filter.push_back(number());
  }
  // Itself it may signal, as abort(3) does; 0 is itself, or its group.
  for (const long one : {long{SYS_kill}, long{SYS_tgkill}, long{SYS_prlimit64}}) {
    filter.push_back(unless(one, 5));
    filter.push_back(argument(0));
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(self), 2, 0));
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0));
    filter.push_back(answer_with(kRefusal));
    filter.push_back(number());
  }
  filter.push_back(answer_with(SECCOMP_RET_ALLOW));
  return filter;
}

}  // namespace

void contain() {
  std::vector<struct sock_filter> filter = filter_for(::getpid());
  const struct sock_fprog program { static_cast<unsigned short>(filter.size()), filter.data() };
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) (void)::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

#endif

}  // namespace slipway::check
