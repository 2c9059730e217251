#ifndef SLIPWAY_STEPS_WRITE_HPP
#define SLIPWAY_STEPS_WRITE_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Makes a file inside the container. The directory that it lies in is there. The file is in the container's root, not
/// in memory; to cover one that the image has take a file step.
///
/// Phase: mount.
///
/// Errors:
/// - EEXIST: something is in its place
/// - ENOENT: the directory that it lies in is missing, or takes none, as /proc
/// - ENOTDIR: something on the way is no directory
/// - ELOOP: there is a link on the way, which is not followed
/// - EROFS: the file system is read-only
/// - ENOSPC: the file system is full
///
/// See open(2), write(2).
struct Write {
  /// The file. Required.
  Path target{};
  /// Its content; absent: empty.
  std::string text{};
  /// Permission bits, umask not applied. Default: 0644.
  Mode mode{0644};
};

template <>
struct Shape<Write> {
  static constexpr std::string_view type = "write";
  static constexpr std::string_view meaning = "makes a file inside the container";
  static constexpr std::string_view details =
      "The directory that it lies in is there. The file is in the container's root, not in memory; to cover one that "
      "the image has take a file step.";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("target", &Write::target, "the file"),
      optional("text", &Write::text, "its content; absent: empty"),
      optional("mode", &Write::mode, "permission bits, umask not applied"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"EEXIST", "something is in its place"},
      {"ENOENT", "the directory that it lies in is missing, or takes none, as /proc"},
      {"ENOTDIR", "something on the way is no directory"},
      {"ELOOP", "there is a link on the way, which is not followed"},
      {"EROFS", "the file system is read-only"},
      {"ENOSPC", "the file system is full"},
  });
  static constexpr auto sources = std::to_array<std::string_view>({"open(2)", "write(2)"});
};

}  // namespace slipway::steps

#endif
