#ifndef SLIPWAY_STEPS_BIND_HPP
#define SLIPWAY_STEPS_BIND_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

enum class Create : std::uint8_t { never, missing };
enum class Submounts : std::uint8_t { left, taken };

/// Shows a file or directory of the host inside the container. The target is there already and of the same kind, or is
/// made (create): directories on the way are followed through links of the image's, inside of the container only, and a
/// link in the target's own place is replaced. Nothing is made in a directory of the host's. What the host mounts below
/// the source later appears inside where the pipeline's propagation lets it, and never where the bind has flags or is
/// read-only.
///
/// Phase: mount.
///
/// Errors:
/// - ENOENT: the source is not on the host, or the target is not in the container; with create, where none can be made,
///   as in /proc
/// - EACCES: the user who starts slipway may not look up the source; or a root is made of a directory on a mount with
///   noexec
/// - ENOTDIR: something on the way is no directory; with create, the target is a file and the source a directory
/// - EISDIR: with create, the target is a directory and the source is none
/// - EINVAL: one of source and target is a directory and the other is not; an ordinary user leaves out mounts below the
///   source, which would uncover what they lie on
/// - ELOOP: there is a link in the target's place, or on the way to it; with create, one that leads nowhere, in a
///   circle, or into /proc
/// - EPERM: an ordinary user wants a flag other than the host's mount has it and keeps it: how access times are kept
/// - EROFS: the target is to be made on a file system that is read-only
/// - ESTALE: something else is now where the result lay that is to be bound
/// - no errno: the target would be made in a directory of the host's
///
/// See open_tree(2), mount_setattr(2), move_mount(2), mount_namespaces(7).
struct Bind {
  /// Absolute path on the host, or the reference of a result. Required.
  HostPath source{};
  /// The file or directory to cover. Required.
  Path target{};
  /// Whether the container may write there; for the mounts below too. One of read_write, read_only. Default:
  /// read_write.
  Access access = Access::read_write;
  /// Mount flags by their mount(8) names, for the mounts below too; absent: as the host has them. Each one of ro,
  /// nosuid, nodev, noexec, relatime, noatime, strictatime, nodiratime, nosymfollow.
  std::vector<MountFlag> flags{};
  /// Whether the target is made where it is missing. One of never, missing. Default: never.
  Create create = Create::never;
  /// Whether mounts below the source come along. One of left, taken. Default: left.
  Submounts submounts = Submounts::left;
  /// container: the source is the result of an open step with the same word. One of host, container. Default: host.
  Owners owners = Owners::host;
};

template <>
struct Words<Create> {
  static constexpr std::array<std::string_view, 2> words{"never", "missing"};
};
template <>
struct Words<Submounts> {
  static constexpr std::array<std::string_view, 2> words{"left", "taken"};
};

template <>
struct Shape<Bind> {
  static constexpr std::string_view type = "bind";
  static constexpr std::string_view meaning = "shows a file or directory of the host inside the container";
  static constexpr std::string_view details =
      "The target is there already and of the same kind, or is made (create): directories on the way are followed "
      "through links of the image's, inside of the container only, and a link in the target's own place is replaced. "
      "Nothing is made in a directory of the host's. What the host mounts below the source later appears inside where "
      "the pipeline's propagation lets it, and never where the bind has flags or is read-only.";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("source", &Bind::source, "absolute path on the host, or the reference of a result"),
      required("target", &Bind::target, "the file or directory to cover"),
      optional("access", &Bind::access, "whether the container may write there; for the mounts below too"),
      optional("flags", &Bind::flags,
               "mount flags by their mount(8) names, for the mounts below too; absent: as the host has them"),
      optional("create", &Bind::create, "whether the target is made where it is missing"),
      optional("submounts", &Bind::submounts, "whether mounts below the source come along"),
      optional("owners", &Bind::owners, "container: the source is the result of an open step with the same word"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"ENOENT",
       "the source is not on the host, or the target is not in the container; with create, where none can be made, as "
       "in /proc"},
      {"EACCES",
       "the user who starts slipway may not look up the source; or a root is made of a directory on a mount with "
       "noexec"},
      {"ENOTDIR", "something on the way is no directory; with create, the target is a file and the source a directory"},
      {"EISDIR", "with create, the target is a directory and the source is none"},
      {"EINVAL",
       "one of source and target is a directory and the other is not; an ordinary user leaves out mounts below the "
       "source, which would uncover what they lie on"},
      {"ELOOP",
       "there is a link in the target's place, or on the way to it; with create, one that leads nowhere, in a circle, "
       "or into /proc"},
      {"EPERM",
       "an ordinary user wants a flag other than the host's mount has it and keeps it: how access times are kept"},
      {"EROFS", "the target is to be made on a file system that is read-only"},
      {"ESTALE", "something else is now where the result lay that is to be bound"},
      {"", "the target would be made in a directory of the host's"},
  });
  static constexpr auto sources =
      std::to_array<std::string_view>({"open_tree(2)", "mount_setattr(2)", "move_mount(2)", "mount_namespaces(7)"});
};

}  // namespace slipway::steps

#endif
