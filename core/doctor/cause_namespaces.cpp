#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/doctor/cause.hpp"
#include "core/doctor/look.hpp"
#include "core/linux/fd.hpp"
#include "core/linux/listing.hpp"

namespace slipway::doctor {
namespace {

constexpr const char* kUserLimit = "/proc/sys/user/max_user_namespaces";
constexpr const char* kDebianSwitch = "/proc/sys/kernel/unprivileged_userns_clone";
constexpr const char* kAppArmorSwitch = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
constexpr unsigned kSysAdmin = 21;  // CAP_SYS_ADMIN; capabilities(7)

bool is_root() { return ::geteuid() == 0; }

// namespaces(7), "The /proc/sys/user directory".
std::optional<Cause> limit_reached(UserNamespace user) {
  if (user == UserNamespace::wanted && number_in(kUserLimit) == 0) {
    return Cause{"user namespaces are switched off: " + std::string(kUserLimit) + " is 0",
                 "as root: sysctl user.max_user_namespaces=15000"};
  }
  for (const char* kind : {"mnt", "pid", "ipc", "uts", "net", "cgroup", "time"}) {
    const std::string name = "max_" + std::string(kind) + "_namespaces";
    if (number_in("/proc/sys/user/" + name) == 0) {
      return Cause{std::string(kind) + " namespaces are switched off: /proc/sys/user/" + name + " is 0",
                   "as root: sysctl user." + name + "=15000"};
    }
  }
  return Cause{
      "as many namespaces are in use as a limit in /proc/sys/user allows this user, here or in a namespace around this "
      "one",
      "end what uses them (lsns lists it), or raise the limit as root: sysctl user.max_user_namespaces=NUMBER"};
}

std::optional<Cause> apparmor() {
  if (is_root() || number_in(kAppArmorSwitch).value_or(0) == 0) return std::nullopt;
  return Cause{"AppArmor holds user namespaces of ordinary users back: " + std::string(kAppArmorSwitch) + " is 1",
               "as root: give slipway an AppArmor profile that allows \"userns\", or "
               "sysctl kernel.apparmor_restrict_unprivileged_userns=0"};
}

// A mount point "/" is seen by every process whose root is the root of its mount namespace.
bool is_in_chroot() {
  const std::vector<MountLine> all = mounts();
  return !all.empty() &&
         std::none_of(all.begin(), all.end(), [](const MountLine& mount) { return mount.point == "/"; });
}

// Booleans of SELinux's policy that have user namespaces in their names; each file says "CURRENT PENDING".
std::string selinux_booleans() {
  const linux::Fd folder(::open("/sys/fs/selinux/booleans", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::string found;
  if (!folder) return found;
  (void)linux::list(folder, [&](const std::string& name) {
    if (name.find("userns") == std::string::npos && name.find("user_namespace") == std::string::npos) return true;
    const auto value = text_of("/sys/fs/selinux/booleans/" + name);
    found += (found.empty() ? " (" : ", ") + name + " is " + (value ? value->substr(0, 1) : "unknown");
    return true;
  });
  return found.empty() ? found : found + ")";
}

std::optional<Cause> security_module() {
  if (auto cause = apparmor()) return cause;
  if (number_in("/sys/fs/selinux/enforce").value_or(0) == 1) {
    return Cause{"SELinux is enforcing and may hold user namespaces back" + selinux_booleans(),
                 "ausearch -m avc -ts recent tells what it refused; its policy has to allow \"user_namespace create\""};
  }
  return std::nullopt;
}

// Security modules that can refuse namespaces and mounts by a policy; what the others do is the same for everybody.
std::string modules_with_policy() {
  std::string found;
  for (const std::string& name : words_of(text_of("/sys/kernel/security/lsm").value_or(std::string()), ',')) {
    if (name != "apparmor" && name != "selinux" && name != "smack" && name != "tomoyo" && name != "bpf") continue;
    found += (found.empty() ? "" : ", ") + name;
  }
  return found;
}

std::optional<Cause> system_call_filter() {
  if (own_status("Seccomp") != "2") return std::nullopt;
  const std::string modules = modules_with_policy();
  return Cause{
      "slipway runs under a system-call filter (seccomp), which may refuse namespaces and mounts: that of a "
      "container around it?" +
          (modules.empty() ? std::string() : " Or a security module did: " + modules),
      "start the outer container with a profile that allows them (docker and podman: --privileged, or "
      "--security-opt seccomp=unconfined)"};
}

std::optional<Cause> some_security_module() {
  const std::string modules = modules_with_policy();
  if (modules.empty()) return std::nullopt;
  return Cause{"a security module may have refused it: " + modules,
               "look at the kernel's log for what it refused (journalctl -k), and allow that in its policy"};
}

}  // namespace

std::string to_hint(const Cause& cause) { return cause.what + "; " + cause.remedy; }

Error with_cause(Error error, const std::optional<Cause>& cause) {
  if (cause) error.hint = to_hint(*cause);
  return error;
}

std::optional<Cause> why_no_power_inside(int code) {
  if (code == EINVAL && is_in_chroot()) {
    return Cause{"slipway runs below a chroot that is no mount of its own, so that the host's mounts cannot be left",
                 "run it outside, or make the directory a mount (mount --bind DIR DIR) before the chroot"};
  }
  if (code != EPERM && code != EACCES) return std::nullopt;
  if (auto cause = security_module()) return cause;
  return system_call_filter();
}

std::optional<Cause> why_no_namespaces(int code, UserNamespace user) {
  const bool wanted = user == UserNamespace::wanted;
  if (code == ENOSPC || code == EUSERS) return limit_reached(user);
  if (code == EAGAIN) return why_no_more(code);
  if (code == ENOSYS) {
    if (auto filter = system_call_filter()) return filter;
    return Cause{"the kernel lacks clone3(2)", "slipway needs Linux 5.12 or later"};
  }
  if (code == EINVAL && wanted && ::access("/proc/self", F_OK) == 0 && ::access("/proc/self/ns/user", F_OK) != 0) {
    return Cause{"the kernel was built without user namespaces (CONFIG_USER_NS)",
                 "run slipway as root, or boot a kernel that has them"};
  }
  if (code != EPERM && code != EACCES) return std::nullopt;
  if (wanted && number_in(kUserLimit) == 0) return limit_reached(user);
  if (wanted && !is_root() && number_in(kDebianSwitch) == 0) {
    return Cause{"user namespaces of ordinary users are switched off: " + std::string(kDebianSwitch) + " is 0",
                 "as root: sysctl kernel.unprivileged_userns_clone=1"};
  }
  if (!wanted && is_root() && !has_capability(kSysAdmin)) {
    return Cause{"this root lacks the capability CAP_SYS_ADMIN: that of a container around it?",
                 "start the outer container with it (docker and podman: --privileged), or run slipway as an ordinary "
                 "user"};
  }
  if (!wanted && !is_root()) {
    return Cause{"an ordinary user needs a user namespace", R"(leave "isolation": {"user": "auto"} as it is)"};
  }
  if (wanted && is_in_chroot()) {
    return Cause{"slipway runs below a chroot, where the kernel makes no user namespaces",
                 "run it outside, or enter the directory by pivot_root in a mount namespace of its own instead"};
  }
  if (auto cause = why_no_power_inside(code)) return cause;
  return some_security_module();
}

std::optional<Cause> why_no_more(int code) {
  rlimit limit{};
  if (code == EMFILE && ::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    return Cause{"the limit of open files is " + std::to_string(limit.rlim_cur), "raise it: ulimit -n 1024"};
  }
  if (code == ENFILE) return Cause{"the host has no free file descriptor", "as root: sysctl fs.file-max=NUMBER"};
  if (code != EAGAIN || ::getrlimit(RLIMIT_NPROC, &limit) != 0) return std::nullopt;
  if (limit.rlim_cur == RLIM_INFINITY) {
    return Cause{"no further process can be made: a cgroup's pids.max or kernel.pid_max is reached",
                 "end some processes, or raise the limit"};
  }
  return Cause{"no further process can be made: this user's limit is " + std::to_string(limit.rlim_cur),
               "raise it (ulimit -u), or end some processes"};
}

std::optional<Cause> why_no_program_in_memory(int code) {
  if (code == EMFILE || code == ENFILE) return why_no_more(code);
  if (code != EACCES) return std::nullopt;
  // Not read: the process that asks may have no such /proc any more.
  return Cause{"/proc/sys/vm/memfd_noexec is 2, which forbids programs in memory",
               "run without --init, or as root: sysctl vm.memfd_noexec=1"};
}

}  // namespace slipway::doctor
