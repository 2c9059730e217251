#include <linux/close_range.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/doctor/look.hpp"
#include "core/doctor/probes.hpp"
#include "core/linux/host.hpp"
#include "core/linux/process.hpp"

namespace slipway::doctor {
namespace {

// Each is called in a way that it refuses; only a kernel without it, or a filter, says ENOSYS.
struct Call {
  const char* name;
  long number;
};
constexpr std::array kCalls = {
    Call{"clone3", SYS_clone3},
    Call{"openat2", SYS_openat2},
    Call{"close_range", SYS_close_range},
    Call{"fsopen", SYS_fsopen},
    Call{"fsconfig", SYS_fsconfig},
    Call{"fsmount", SYS_fsmount},
    Call{"move_mount", SYS_move_mount},
    Call{"open_tree", SYS_open_tree},
    Call{"mount_setattr", SYS_mount_setattr},
    Call{"pidfd_send_signal", SYS_pidfd_send_signal},
};

bool lacks(const Call& call) {
  // -1 as descriptor, null as pointer, 0 as size: invalid for each of them. close_range wants first <= last.
  const long result = call.number == SYS_close_range ? ::syscall(call.number, ~0U, 0U, 0U)
                                                     : ::syscall(call.number, -1L, nullptr, 0L, nullptr, 0L);
  return result < 0 && errno == ENOSYS;
}

std::string limit_text(rlim_t limit) { return limit == RLIM_INFINITY ? "unlimited" : std::to_string(limit); }

}  // namespace

Check check_kernel() {
  utsname name{};
  (void)::uname(&name);
  const std::string detail = std::string(static_cast<const char*>(name.sysname)) + " " +
                             static_cast<const char*>(name.release) + ", " + static_cast<const char*>(name.machine);
  std::string missing;
  for (const Call& call : kCalls) {
    if (lacks(call)) missing += (missing.empty() ? "" : ", ") + std::string(call.name);
  }
  if (missing.empty()) return ok("kernel", detail);
  const auto filter = why_no_namespaces(ENOSYS, UserNamespace::none);
  return {"kernel", State::missing, detail + ", without " + missing, "no container can be made",
          filter && own_status("Seccomp") == "2" ? filter->remedy : "boot Linux 5.12 or later"};
}

Check check_limits() {
  // The worker gets its descriptors above 64 first; an image takes one for each layer.
  constexpr rlim_t kFewestFiles = 68, kManyFiles = 256;
  auto process = linux::clone_process(0);
  if (process && process->pid == 0) ::_exit(0);
  if (!process) {
    return not_ok("limits", State::missing, why_no_more(process.error().code), process.error(),
                  "no container can be made");
  }
  linux::end_now(*process);
  rlimit files{}, processes{};
  (void)::getrlimit(RLIMIT_NOFILE, &files);
  (void)::getrlimit(RLIMIT_NPROC, &processes);
  const std::string detail =
      limit_text(files.rlim_cur) + " open files, " + limit_text(processes.rlim_cur) + " processes";
  if (files.rlim_cur < kManyFiles) {
    const bool too_few = files.rlim_cur < kFewestFiles;
    return {"limits", too_few ? State::missing : State::degraded, detail,
            too_few ? "new images cannot be unpacked" : "images of many layers have not enough descriptors",
            why_no_more(EMFILE)->remedy};
  }
  return ok("limits", detail);
}

Check check_tmpfs_attributes() {
  if (linux::probe_host().tmpfs_user_xattr) return ok("tmpfs-attributes", "tmpfs takes user attributes");
  return {"tmpfs-attributes", State::degraded, "tmpfs takes no user attributes",
          R"(what a container writes goes to the store's disk, and "upper": "tmpfs" cannot delete all it should)",
          "Linux 6.6 or later has them"};
}

Check check_landlock() {
  constexpr long kWithRenames = 2;  // the first version that the worker can use
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  const int code = version < 0 ? errno : 0;
  if (version >= kWithRenames) return ok("landlock", "ABI " + std::to_string(version));
  const std::string detail = version >= 0         ? "ABI " + std::to_string(version)
                             : code == EOPNOTSUPP ? "built in, but not switched on"
                             : code == ENOSYS     ? "the kernel, or a filter of system calls, lacks it"
                                                  : errno_words(code);
  return {"landlock", State::degraded, detail,
          "what unpacks images is held by its empty mount namespace and its system-call filter alone",
          code == EOPNOTSUPP ? "boot with landlock in the kernel's lsm= list" : "Linux 5.19 or later has ABI 2"};
}

Check check_seccomp() {
  unsigned action = SECCOMP_RET_ERRNO;
  // seccomp(2) itself, or where that is refused the older prctl(2), which the worker's library falls back to.
  const bool has_filters =
      ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0 || ::prctl(PR_GET_SECCOMP) >= 0;
  const auto actions = text_of("/proc/sys/kernel/seccomp/actions_avail");
  if (has_filters) return ok("seccomp", actions ? "filters with " + *actions : "filters");
  return {"seccomp", State::missing, "there are no system-call filters",
          "images cannot be unpacked: the worker that does it goes nowhere without its filter",
          "boot a kernel with CONFIG_SECCOMP_FILTER"};
}

// As under `--init` the container's process does; core/run/under_init.cpp.
Check check_init() {
  constexpr unsigned kExecutable = 0x10;  // MFD_EXEC, Linux 6.3
  const linux::Fd file(::memfd_create("slipway-probe", MFD_CLOEXEC | kExecutable));
  if (file || errno == EINVAL) return ok("init", "programs in memory, as --init is one, may be run");
  return not_ok("init", State::degraded, why_no_program_in_memory(errno), {errno, "make a program in memory", "", ""},
                "--init cannot be used");
}

}  // namespace slipway::doctor
