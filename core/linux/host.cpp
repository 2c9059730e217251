#include "core/linux/host.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/linux/fd.hpp"
#include "core/linux/id_map.hpp"

namespace slipway::linux {
namespace {

// A memfd lies on the kernel's own tmpfs, so that no mount and no privilege is needed to ask.
bool tmpfs_takes_user_attributes() {
  // Where vm.memfd_noexec is 2 the kernel wants to hear that it is no program; before Linux 6.3 it knows no such word.
  constexpr unsigned kNoProgram = 0x8;  // MFD_NOEXEC_SEAL
  Fd probe(::memfd_create("slipway-probe", MFD_CLOEXEC | kNoProgram));
  if (!probe && errno == EINVAL) probe = Fd(::memfd_create("slipway-probe", MFD_CLOEXEC));
  return probe && ::fsetxattr(probe.get(), "user.slipway.probe", "", 0, 0) == 0;
}

// Where systemd and its likes have it: alone, or beside the hierarchies of version 1. To mount it where nobody has it
// in use would change the host: every process would be told of a hierarchy more in /proc/PID/cgroup.
bool uses_cgroup2() {
  for (const char* place : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
    struct statfs found {};
    if (::statfs(place, &found) == 0 && found.f_type == CGROUP2_SUPER_MAGIC) return true;
  }
  return false;
}

}  // namespace

bool is_root_of_host() {
  if (::geteuid() != 0) return false;
  // The initial namespace has this number on every kernel (PROC_USER_INIT_INO). Looked at once: a supervisor stays
  // where it is, and its children in other namespaces are not asked.
  constexpr ino_t kInitialNamespace = 0xEFFFFFFD;
  static const bool kIsInitial = [] {
    struct stat found {};
    return ::stat("/proc/self/ns/user", &found) == 0 ? found.st_ino == kInitialNamespace : errno == ENOENT;
  }();
  return kIsInitial;
}

bool is_root_of_namespace() { return ::geteuid() == 0 && !is_root_of_host(); }

HostAbilities probe_host_quickly() {
  HostAbilities host;
  host.root = is_root_of_host();
  if (is_root_of_namespace()) host.around = ids_around().value_or(IdMap{}).to_text();
  utsname name{};
  if (::uname(&name) == 0) {
    const std::string release = static_cast<const char*>(name.release);
    host.kernel = release.substr(0, release.find_first_not_of("0123456789."));
    host.build = release + " " + static_cast<const char*>(name.version);
  }
  host.cgroup2 = uses_cgroup2();
  host.terminal = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
  return host;
}

void probe_rest(HostAbilities& host) { host.tmpfs_user_xattr = tmpfs_takes_user_attributes(); }

HostAbilities probe_host() {
  HostAbilities host = probe_host_quickly();
  probe_rest(host);
  return host;
}

std::vector<std::string> known_filesystems() {
  constexpr std::size_t kLongest = 64 * 1024;
  std::vector<std::string> types;
  const Fd file(::open("/proc/filesystems", O_RDONLY | O_CLOEXEC));
  if (!file) return types;
  const auto text = read_all(file, kLongest);
  if (!text) return types;
  // "nodev" or nothing, a tab, the type.
  for (std::size_t at = 0; at < text->size();) {
    const std::size_t end = std::min(text->find('\n', at), text->size());
    const std::size_t tab = text->find('\t', at);
    if (tab < end) types.push_back(text->substr(tab + 1, end - tab - 1));
    at = end + 1;
  }
  return types;
}

}  // namespace slipway::linux
