#ifndef SLIPWAY_STEPS_MOUNT_HPP
#define SLIPWAY_STEPS_MOUNT_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Mounts a new instance of a file system. The target is there already, and no link. An ordinary user may mount proc,
/// sysfs, tmpfs, devpts, mqueue and cgroup2, and what else the kernel lets user namespaces mount.
///
/// Phase: mount.
///
/// Errors:
/// - ENODEV: the kernel lacks the file system, or its module is not loaded
/// - EPERM: the kernel does not let a user namespace mount it
/// - EINVAL: the file system does not know an option or its value; the target is no directory
/// - ENOENT: there is no such target
/// - ENOTDIR: something on the way to the target is no directory
/// - ELOOP: the target is a link, or there is one on the way
/// - EBUSY: the file system is mounted already with other options
/// - ENOTBLK: the file system needs a block device, and source is none
///
/// See fsopen(2), fsconfig(2), fsmount(2), mount(8), user_namespaces(7).
struct Mount {
  /// The file system's type: proc, sysfs, tmpfs, devpts …. Required.
  std::string fstype{};
  /// The directory to mount on. Required.
  Path target{};
  /// What mountinfo shows as the source; absent: the type.
  std::string source{};
  /// Mount flags by their mount(8) names; absent: none. Each one of ro, nosuid, nodev, noexec, relatime, noatime,
  /// strictatime, nodiratime, nosymfollow.
  std::vector<MountFlag> flags{};
  /// The file system's own options, each NAME or NAME=VALUE, at most 255 bytes.
  std::vector<std::string> options{};
};

template <>
struct Shape<Mount> {
  static constexpr std::string_view type = "mount";
  static constexpr std::string_view meaning = "mounts a new instance of a file system";
  static constexpr std::string_view details =
      "The target is there already, and no link. An ordinary user may mount proc, sysfs, tmpfs, devpts, mqueue and "
      "cgroup2, and what else the kernel lets user namespaces mount.";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("fstype", &Mount::fstype, "the file system's type: proc, sysfs, tmpfs, devpts …"),
      required("target", &Mount::target, "the directory to mount on"),
      optional("source", &Mount::source, "what mountinfo shows as the source; absent: the type"),
      optional("flags", &Mount::flags, "mount flags by their mount(8) names; absent: none"),
      optional("options", &Mount::options, "the file system's own options, each NAME or NAME=VALUE, at most 255 bytes"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"ENODEV", "the kernel lacks the file system, or its module is not loaded"},
      {"EPERM", "the kernel does not let a user namespace mount it"},
      {"EINVAL", "the file system does not know an option or its value; the target is no directory"},
      {"ENOENT", "there is no such target"},
      {"ENOTDIR", "something on the way to the target is no directory"},
      {"ELOOP", "the target is a link, or there is one on the way"},
      {"EBUSY", "the file system is mounted already with other options"},
      {"ENOTBLK", "the file system needs a block device, and source is none"},
  });
  static constexpr auto sources =
      std::to_array<std::string_view>({"fsopen(2)", "fsconfig(2)", "fsmount(2)", "mount(8)", "user_namespaces(7)"});
};

}  // namespace slipway::steps

#endif
