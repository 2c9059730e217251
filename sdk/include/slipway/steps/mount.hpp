#ifndef SLIPWAY_STEPS_MOUNT_HPP
#define SLIPWAY_STEPS_MOUNT_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Mounts a new instance of a file system; fsopen(2), fsconfig(2), fsmount(2). The target is a directory that is
/// there already. Errors: ENODEV for a file system that the kernel lacks, EPERM where it is not allowed in a
/// user namespace, ENOENT where there is no such target, ELOOP where the image has a link in its place.
struct Mount {
  std::string fstype{};
  Path target{};
  std::string source{};
  std::vector<MountFlag> flags{};
  std::vector<std::string> options{};
};

template <>
struct Shape<Mount> {
  static constexpr std::string_view type = "mount";
  static constexpr std::string_view meaning = "mounts a new instance of a file system";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("fstype", &Mount::fstype, "the file system's type: proc, sysfs, tmpfs, devpts …"),
      required("target", &Mount::target, "the directory to mount on"),
      optional("source", &Mount::source, "what mountinfo shows as the source; absent: the type"),
      optional("flags", &Mount::flags, "mount flags by their mount(8) names"),
      optional("options", &Mount::options, "the file system's own options, each NAME or NAME=VALUE, at most 255 bytes"),
  };
};

}  // namespace slipway::steps

#endif
