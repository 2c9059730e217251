// System calls that stay within the process that makes them: its memory, threads, signals, clocks and descriptors, and
// what is only read. Those whose arguments decide are not here; contain.cpp has them.
#pragma once

#include <sys/syscall.h>

#include <array>

namespace slipway::check::within {

// Newer than the headers of some distributions.
inline constexpr long kMapShadowStack = 453;
inline constexpr long kSealMemory = 462;

// The guard's and the kit's own; most calls are these.
inline constexpr auto kGuard =
    std::to_array<long>({SYS_timer_settime, SYS_rt_sigprocmask, SYS_sigaltstack, SYS_rt_sigaction, SYS_futex, SYS_mmap,
                         SYS_munmap, SYS_brk, SYS_pwrite64, SYS_clock_gettime, SYS_timer_create, SYS_timer_delete});

inline constexpr auto kMemory =
    std::to_array<long>({SYS_mprotect, SYS_mremap, SYS_madvise, SYS_mincore, SYS_mlock, SYS_mlock2, SYS_munlock,
                         SYS_membarrier, SYS_memfd_create, kMapShadowStack, kSealMemory});

// There is no socket(2): writing to one of netlink's changes the host's network, without connect(2).
inline constexpr auto kFiles = std::to_array<long>(
    {SYS_read,       SYS_pread64,    SYS_readv,     SYS_preadv,     SYS_preadv2,     SYS_write,      SYS_writev,
     SYS_pwritev,    SYS_pwritev2,   SYS_lseek,     SYS_close,      SYS_close_range, SYS_dup,        SYS_dup3,
     SYS_pipe2,      SYS_eventfd2,   SYS_ftruncate, SYS_fallocate,  SYS_fstat,       SYS_newfstatat, SYS_statx,
     SYS_statfs,     SYS_fstatfs,    SYS_faccessat, SYS_faccessat2, SYS_readlinkat,  SYS_getdents64, SYS_getcwd,
     SYS_chdir,      SYS_fchdir,     SYS_umask,     SYS_getxattr,   SYS_lgetxattr,   SYS_fgetxattr,  SYS_listxattr,
     SYS_llistxattr, SYS_flistxattr, SYS_fadvise64, SYS_readahead});

inline constexpr auto kWaiting = std::to_array<long>(
    {SYS_ppoll,      SYS_pselect6,        SYS_epoll_create1,  SYS_epoll_ctl,        SYS_epoll_pwait,
     SYS_socketpair, SYS_signalfd4,       SYS_timerfd_create, SYS_timerfd_settime,  SYS_timerfd_gettime,
     SYS_nanosleep,  SYS_clock_nanosleep, SYS_clock_getres,   SYS_gettimeofday,     SYS_times,
     SYS_getitimer,  SYS_setitimer,       SYS_timer_gettime,  SYS_timer_getoverrun, SYS_restart_syscall});

inline constexpr auto kProcesses = std::to_array<long>({SYS_clone,
                                                        SYS_clone3,
                                                        SYS_wait4,
                                                        SYS_waitid,
                                                        SYS_exit,
                                                        SYS_exit_group,
                                                        SYS_setsid,
                                                        SYS_setpgid,
                                                        SYS_getpid,
                                                        SYS_gettid,
                                                        SYS_getppid,
                                                        SYS_getpgid,
                                                        SYS_getsid,
                                                        SYS_set_tid_address,
                                                        SYS_set_robust_list,
                                                        SYS_get_robust_list,
                                                        SYS_rseq,
                                                        SYS_sched_yield,
                                                        SYS_sched_getaffinity,
                                                        SYS_sched_getparam,
                                                        SYS_sched_getscheduler,
                                                        SYS_sched_get_priority_max,
                                                        SYS_sched_get_priority_min,
                                                        SYS_getpriority,
                                                        SYS_getcpu,
                                                        SYS_prctl,
                                                        SYS_seccomp,
                                                        SYS_rt_sigreturn,
                                                        SYS_rt_sigpending,
                                                        SYS_rt_sigsuspend,
                                                        SYS_rt_sigtimedwait});

inline constexpr auto kKnowing =
    std::to_array<long>({SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getresuid, SYS_getresgid, SYS_getgroups,
                         SYS_capget, SYS_getrusage, SYS_uname, SYS_sysinfo, SYS_getrandom});

// What later architectures have left out.
#ifdef SYS_open
inline constexpr auto kOlder = std::to_array<long>(
    {SYS_stat,  SYS_lstat,  SYS_access,       SYS_readlink,   SYS_getdents,  SYS_dup2,      SYS_pipe,  SYS_eventfd,
     SYS_poll,  SYS_select, SYS_epoll_create, SYS_epoll_wait, SYS_signalfd,  SYS_fork,      SYS_vfork, SYS_getpgrp,
     SYS_alarm, SYS_pause,  SYS_time,         SYS_getrlimit,  SYS_setrlimit, SYS_arch_prctl});
#else
inline constexpr std::array<long, 0> kOlder{};
#endif

}  // namespace slipway::check::within
