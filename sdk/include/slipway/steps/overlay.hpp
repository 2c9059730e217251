#ifndef SLIPWAY_STEPS_OVERLAY_HPP
#define SLIPWAY_STEPS_OVERLAY_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Mounts an overlay of layers. Always mounted with userxattr, so that it is the same with and without privilege.
/// Owner, mode and times of its top are those of the top layer.
///
/// Phase: mount.
///
/// Errors:
/// - ENODEV: the kernel has no overlay
/// - EINVAL: the file system of upper takes no user.* attributes (tmpfs before Linux 6.6), a layer is no directory, the
///   container has no id for the owner of the top one, or overlays would lie upon each other more than twice
/// - EPERM: the kernel does not let a user namespace mount it (before Linux 5.11)
/// - ENOENT: there is no such target
/// - ELOOP: the target is a link, or there is one on the way
/// - ENOSPC: the disk with upper is full
/// - ESTALE: something else is now where a layer or upper lay
///
/// See Documentation/filesystems/overlayfs.rst, tmpfs(5).
struct Overlay {
  /// The layers' directories, the top one first; at least one. Required.
  std::vector<Reference> lower{};
  /// The result of a scratch step that takes the writes; absent: a tmpfs that vanishes with the container.
  Reference upper{};
  /// The most that the tmpfs may hold, not 0 and not beside upper; absent: the kernel's default, half of the memory.
  std::optional<Size> size{};
  /// Where; / makes it the container's root. Required.
  Path target{};
};

template <>
struct Shape<Overlay> {
  static constexpr std::string_view type = "overlay";
  static constexpr std::string_view meaning = "mounts an overlay of layers";
  static constexpr std::string_view details =
      "Always mounted with userxattr, so that it is the same with and without privilege. Owner, mode and times of its "
      "top are those of the top layer.";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("lower", &Overlay::lower, "the layers' directories, the top one first; at least one"),
      optional("upper", &Overlay::upper,
               "the result of a scratch step that takes the writes; absent: a tmpfs that vanishes with the container"),
      optional("size", &Overlay::size,
               "the most that the tmpfs may hold, not 0 and not beside upper; absent: the kernel's default, half of "
               "the memory"),
      required("target", &Overlay::target, "where; / makes it the container's root"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"ENODEV", "the kernel has no overlay"},
      {"EINVAL",
       "the file system of upper takes no user.* attributes (tmpfs before Linux 6.6), a layer is no directory, the "
       "container has no id for the owner of the top one, or overlays would lie upon each other more than twice"},
      {"EPERM", "the kernel does not let a user namespace mount it (before Linux 5.11)"},
      {"ENOENT", "there is no such target"},
      {"ELOOP", "the target is a link, or there is one on the way"},
      {"ENOSPC", "the disk with upper is full"},
      {"ESTALE", "something else is now where a layer or upper lay"},
  });
  static constexpr auto sources =
      std::to_array<std::string_view>({"Documentation/filesystems/overlayfs.rst", "tmpfs(5)"});
};

}  // namespace slipway::steps

#endif
