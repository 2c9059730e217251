// Mounts by descriptor: the mount API of Linux 5.2 and later, so that no path is looked up twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/linux/fd.hpp"

namespace slipway::linux {

/// One file system that is configured but not attached; fsopen(2), fsconfig(2).
class NewFilesystem {
 public:
  static Result<NewFilesystem> open(const std::string& type);
  /// A value of at most 255 bytes (the kernel's bound); EINVAL's reason is taken from the kernel's own message.
  Result<void> set(const std::string& name, const std::string& value);
  Result<void> set_flag(const std::string& name);
  Result<void> set_descriptor(const std::string& name, const Fd& value);
  /// Makes the mount, detached, with MOUNT_ATTR_* flags; fsmount(2).
  Result<Fd> create(std::uint64_t attributes);

 private:
  explicit NewFilesystem(Fd context) : context_(std::move(context)) {}
  tl::unexpected<Error> explain(int code, std::string_view doing, std::string_view subject) const;
  Fd context_;
};

/// A detached copy of the mount that `source` lies on, rooted there; open_tree(2). `recursive` takes the mounts below
/// too.
enum class Below { left, taken };
Result<Fd> clone_mount(const Fd& source, Below below);
/// The same for another mount namespace than the one that `source` lies in. A copy is a peer of what it was made of, so
/// that whatever is mounted or unmounted below the one goes to the other as well (mount_namespaces(7)): this one is
/// not. `propagation` is MS_SLAVE, for one that still receives, or MS_PRIVATE.
Result<Fd> clone_mount_apart(const Fd& source, Below below, std::uint64_t propagation);

/// The number of the mount that `fd` is open on, as in /proc/self/mountinfo; statx(2), STATX_MNT_ID.
std::optional<std::uint64_t> mount_id(const Fd& fd);

/// Attaches a detached mount on the object that `target` is open on.
Result<void> attach_mount(const Fd& mount, const Fd& target);
/// Attaches on a path of the calling process.
Result<void> attach_mount(const Fd& mount, const std::string& path);

/// mount_setattr(2) on the mount that `mount` is open on. A `propagation` (see set_propagation) other than 0 is set by
/// the same system call.
Result<void> set_mount_attributes(const Fd& mount, std::uint64_t set, std::uint64_t clear, Below below,
                                  std::uint64_t propagation = 0);
/// Shifts the owners that the detached `mount` shows by the maps of `user_namespace` (/proc/PID/ns/user);
/// mount_setattr(2), MOUNT_ATTR_IDMAP.
Result<void> map_mount_ids(const Fd& mount, const Fd& user_namespace);
/// What `file` is open on, opened again with `flags` on a detached mount of its own that is read-only: through this
/// descriptor neither owner, mode, times nor attributes can be changed, whoever asks. Needs CAP_SYS_ADMIN over the
/// mount namespace, which the file's mount must belong to, and /proc.
Result<Fd> open_read_only(const Fd& file, int flags);

/// Propagation (MS_SHARED, MS_PRIVATE, MS_SLAVE or MS_UNBINDABLE) of `mount` and, if so asked, of all below it.
Result<void> set_propagation(const Fd& mount, std::uint64_t propagation, Below below);

/// Makes `root` the calling process's root and detaches the old one, together with `cover`, a mount on top of the old
/// one's "/"; pivot_root(2), "pivot_root(".", ".")".
Result<void> enter_root(const Fd& root, const Fd& cover);

}  // namespace slipway::linux
