#ifndef SLIPWAY_STEPS_MKDIR_HPP
#define SLIPWAY_STEPS_MKDIR_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Makes a directory inside the container. Those above it that are missing are made, too (0755). One that is there
/// stays as it is, also where it is there through links of the image (/var/run).
///
/// Phase: mount.
///
/// Errors:
/// - ENOTDIR: something that is no directory is in its place or on the way
/// - ELOOP: a link of the image leads nowhere, in a circle, or through a link of /proc
/// - ENOENT: no directory can be made there, as in /proc
/// - EACCES: no directory can be made there, as in /sys
/// - EPERM: no directory can be made there, as in /sys
/// - ENAMETOOLONG: a name has more than 255 bytes
/// - EROFS: the file system is read-only
/// - ENOSPC: the file system is full
///
/// See mkdir(2), openat2(2).
struct Mkdir {
  /// The directory. Required.
  Path target{};
  /// Permission bits of a new one, umask not applied. Default: 0755.
  Mode mode{0755};
};

template <>
struct Shape<Mkdir> {
  static constexpr std::string_view type = "mkdir";
  static constexpr std::string_view meaning = "makes a directory inside the container";
  static constexpr std::string_view details =
      "Those above it that are missing are made, too (0755). One that is there stays as it is, also where it is there "
      "through links of the image (/var/run).";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("target", &Mkdir::target, "the directory"),
      optional("mode", &Mkdir::mode, "permission bits of a new one, umask not applied"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"ENOTDIR", "something that is no directory is in its place or on the way"},
      {"ELOOP", "a link of the image leads nowhere, in a circle, or through a link of /proc"},
      {"ENOENT", "no directory can be made there, as in /proc"},
      {"EACCES", "no directory can be made there, as in /sys"},
      {"EPERM", "no directory can be made there, as in /sys"},
      {"ENAMETOOLONG", "a name has more than 255 bytes"},
      {"EROFS", "the file system is read-only"},
      {"ENOSPC", "the file system is full"},
  });
  static constexpr auto sources = std::to_array<std::string_view>({"mkdir(2)", "openat2(2)"});
};

}  // namespace slipway::steps

#endif
