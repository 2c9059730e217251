#include <fcntl.h>
#include <linux/mount.h>
#include <sys/statvfs.h>

#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/linux/mount.hpp"
#include "core/steps/mount_flags.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {
namespace {

Result<linux::Fd> open_source(const Bind& step, const Inside& inside) {
  if (step.source.is_reference()) {
    auto result = inside.result(step.source.reference());
    if (!result) return tl::unexpected(result.error());
    return linux::open_again_here(**result);
  }
  linux::Fd source(::open(step.source.text.c_str(), O_PATH | O_CLOEXEC));
  if (!source) return failure(errno, "open on the host", step.source.text);
  return source;
}

// The container's root out of the store is a mount as new as an overlay would be: how the file system with the store is
// mounted is the host's business. An ordinary user cannot take these flags off (mount_namespaces(7), "locked"), and
// without programs there is no container; without set-id programs there is one, as on any mount with nosuid.
Result<void> shed_flags(const linux::Fd& mount) {
  constexpr std::uint64_t kHosts = MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  auto shed = linux::set_mount_attributes(mount, 0, kHosts, linux::Below::left);
  if (shed || shed.error().code != EPERM) return shed;
  struct statvfs found {};
  if (::fstatvfs(mount.get(), &found) == 0 && (found.f_flag & ST_NOEXEC) != 0) {
    return failure(EACCES, "make a root of a directory on a mount with noexec", "",
                   "choose another place with --store DIR, or --use rootfs=fs-overlay");
  }
  return {};
}

}  // namespace

std::string summary(const Bind& step) {
  return step.source.text + " on " + step.target.text + (step.access == Access::read_only ? " read-only" : "") +
         text_of(step.flags);
}

Result<void> apply(const Bind& step, Inside& inside) {
  auto source = open_source(step, inside);
  if (!source) return tl::unexpected(source.error());
  auto mount = linux::clone_mount(*source, linux::Below::left);
  if (!mount) return failure(mount.error().code, "copy the mount of", step.source.text);
  if (step.source.is_reference() && step.target.text == "/") {
    if (auto shed = shed_flags(*mount); !shed) return shed;
  }
  std::uint64_t attributes = attributes_of(step.flags);
  if (step.access == Access::read_only) attributes |= MOUNT_ATTR_RDONLY;
  if (attributes != 0) {
    // Before it is attached: a bind that is writable for a moment is writable.
    if (auto set = linux::set_mount_attributes(*mount, attributes, 0, linux::Below::left); !set) {
      return failure(set.error().code, "set the flags of the bind of", step.source.text);
    }
  }
  return inside.attach(*mount, step.target);
}

}  // namespace slipway::steps
