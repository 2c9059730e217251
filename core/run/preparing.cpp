#include "core/run/preparing.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/linux/mount.hpp"
#include "core/run/moments.hpp"

namespace slipway::run {

// Written down before it is made.
Result<void> Preparing::make_run_directory() {
  if (auto noted = journal_.add({RunDirectory::Kind::written, journal_.run(), ids_, store_.path()}); !noted)
    return noted;
  reached(Moment::directory);
  auto made = store_.make_run_directory(journal_.run(), [this] { return interruption_.comes(); });
  if (!made) return tl::unexpected(made.error());
  run_directory_ = std::move(*made);
  auto lock = linux::duplicate(run_directory_);
  if (!lock) return tl::unexpected(lock.error());
  journal_.keep(std::move(*lock));
  return {};
}

Result<linux::Fd> Preparing::layer(const std::string& diff_id) {
  auto directory = layers_.directory(diff_id);
  if (!directory || shift_ == nullptr) return directory;
  auto mount = linux::clone_mount(*directory, linux::Below::left);
  if (!mount) return mount;
  auto mapped = linux::map_mount_ids(*mount, shift_->user_namespace);
  if (mapped) return mount;
  // mount_setattr(2): EINVAL from a file system that does not support this.
  return failure(mapped.error().code, "shift the owners of a layer by an id-mapped mount", store_.path(),
                 mapped.error().code == EINVAL ? "its file system has none: name a store on ext4, xfs, btrfs or tmpfs "
                                                 "with --store, or leave isolation.user out"
                                               : "");
}

Result<linux::Fd> Preparing::scratch(const std::string& name) {
  if (!run_directory_) {
    if (auto made = make_run_directory(); !made) return tl::unexpected(made.error());
  }
  constexpr mode_t kOwnOnly = 0700;
  if (::mkdirat(run_directory_.get(), name.c_str(), kOwnOnly) != 0) return failure(errno, "make directory", name);
  linux::Fd directory(::openat(run_directory_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return failure(errno, "open directory", name);
  if (shift_ == nullptr) return directory;
  if (::fchown(directory.get(), shift_->root_uid, shift_->root_gid) != 0)
    return failure(errno, "hand a directory over to the container's root", name);
  return linux::clone_mount(directory, linux::Below::left);
}

}  // namespace slipway::run
