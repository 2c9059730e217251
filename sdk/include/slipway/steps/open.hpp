#ifndef SLIPWAY_STEPS_OPEN_HPP
#define SLIPWAY_STEPS_OPEN_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Opens a file or directory of the host for a bind. As the user who starts slipway, before anything is made. With the
/// owners of the container the result is an id-mapped mount: what belongs to id 0 on the disk belongs to id 0 inside,
/// and what id 0 inside makes to id 0 on the disk.
///
/// Phase: prepare. Result: The file or directory, which a bind may have as its source. Rights beyond the phase's:
/// Owners: container needs root of the host.
///
/// Errors:
/// - ENOENT: there is no such file
/// - EACCES: the user who starts slipway may not look it up
/// - ENOTDIR: something on the way is no directory
/// - EPERM: somebody other than root asks for the owners of the container, or what is opened is id-mapped already
/// - EINVAL: the file system cannot map owners; mounts below it would be uncovered
/// - EOPNOTSUPP: the file system cannot map owners
///
/// See open(2), mount_setattr(2).
struct Open {
  /// Absolute path on the host; its links are followed. Required.
  HostPath path{};
  /// host: as the host has them; container: the same numbers inside. One of host, container. Default: host.
  Owners owners = Owners::host;
};

template <>
struct Shape<Open> {
  static constexpr std::string_view type = "open";
  static constexpr std::string_view meaning = "opens a file or directory of the host for a bind";
  static constexpr std::string_view details =
      "As the user who starts slipway, before anything is made. With the owners of the container the result is an "
      "id-mapped mount: what belongs to id 0 on the disk belongs to id 0 inside, and what id 0 inside makes to id 0 on "
      "the disk.";
  static constexpr std::array phases{Phase::prepare};
  static constexpr std::string_view result = "the file or directory, which a bind may have as its source";
  static constexpr std::string_view rights = "owners: container needs root of the host.";
  static constexpr std::tuple fields{
      required("path", &Open::path, "absolute path on the host; its links are followed"),
      optional("owners", &Open::owners, "host: as the host has them; container: the same numbers inside"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"ENOENT", "there is no such file"},
      {"EACCES", "the user who starts slipway may not look it up"},
      {"ENOTDIR", "something on the way is no directory"},
      {"EPERM",
       "somebody other than root asks for the owners of the container, or what is opened is id-mapped already"},
      {"EINVAL", "the file system cannot map owners; mounts below it would be uncovered"},
      {"EOPNOTSUPP", "the file system cannot map owners"},
  });
  static constexpr auto sources = std::to_array<std::string_view>({"open(2)", "mount_setattr(2)"});
};

}  // namespace slipway::steps

#endif
