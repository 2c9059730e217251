#include "core/linux/host.hpp"

#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/linux/fd.hpp"

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

}  // namespace

HostAbilities probe_host() {
  HostAbilities host;
  host.root = ::geteuid() == 0;
  utsname name{};
  if (::uname(&name) == 0) {
    const std::string release = static_cast<const char*>(name.release);
    host.kernel = release.substr(0, release.find_first_not_of("0123456789."));
  }
  host.tmpfs_user_xattr = tmpfs_takes_user_attributes();
  host.terminal = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
  return host;
}

}  // namespace slipway::linux
