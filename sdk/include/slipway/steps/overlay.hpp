#ifndef SLIPWAY_STEPS_OVERLAY_HPP
#define SLIPWAY_STEPS_OVERLAY_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Mounts an overlay of layers; Documentation/filesystems/overlayfs.rst. Always mounted with `userxattr`, so
/// that it is the same with and without privilege. Errors: EINVAL or ENODEV where the kernel has no overlay,
/// EINVAL where the upper directory's file system takes no `user.*` attributes (tmpfs before Linux 6.6).
struct Overlay {
  std::vector<Reference> lower{};
  Reference upper{};
  std::optional<Size> size{};
  Path target{};
};

template <>
struct Shape<Overlay> {
  static constexpr std::string_view type = "overlay";
  static constexpr std::string_view meaning = "mounts an overlay of layers";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("lower", &Overlay::lower, "the layers' directories, the top one first; at least one"),
      optional("upper", &Overlay::upper,
               "the result of a scratch step that takes the writes; absent: a tmpfs that vanishes with the container"),
      optional("size", &Overlay::size,
               "the most that the tmpfs may hold; absent: the kernel's default, half of the memory"),
      required("target", &Overlay::target, "where; / makes it the container's root"),
  };
};

}  // namespace slipway::steps

#endif
