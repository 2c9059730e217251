#include "core/run/shifting.hpp"

#include <sys/mount.h>

#include <cerrno>

#include "core/linux/mount.hpp"

namespace slipway::run {

Result<linux::Fd> shift(const linux::Fd& directory, const linux::Fd& user_namespace, const std::string& store) {
  auto mount = linux::clone_mount_apart(directory, linux::Below::left, MS_PRIVATE);
  if (!mount) return mount;
  auto mapped = linux::map_mount_ids(*mount, user_namespace);
  if (mapped) return mount;
  const int code = mapped.error().code;
  // mount_setattr(2): EINVAL from a file system that has no id-mapped mounts.
  return failure(code, "shift the owners of files by an id-mapped mount", store,
                 code == EINVAL
                     ? "its file system has none: name a store on ext4, xfs, btrfs or tmpfs with --store, or "
                       "leave isolation.user out"
                     : "");
}

Result<linux::Fd> hand_over(const linux::Fd& source, config::Isolation::Propagation propagation) {
  const bool follows = propagation != config::Isolation::Propagation::isolated;
  return linux::clone_mount_apart(source, linux::Below::taken, follows ? MS_SLAVE : MS_PRIVATE);
}

}  // namespace slipway::run
