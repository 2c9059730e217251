#ifndef SLIPWAY_STEPS_FILE_HPP
#define SLIPWAY_STEPS_FILE_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

enum class Absent : std::uint8_t { refused, empty };

/// Covers a path with a file of the container's own. In memory, and mounted, so that the image's file stays as it is
/// below. The path is made where it is missing, and a link in its place is replaced, not followed; directories on the
/// way are followed through links of the image's, inside of the container only.
///
/// Phase: mount.
///
/// Errors:
/// - ENOENT: copy_of is missing; the path cannot be made there, as in /proc
/// - EACCES: the user who starts slipway may not read copy_of
/// - EISDIR: a directory is in its place
/// - ENOTDIR: something on the way is no directory
/// - ELOOP: a link on the way leads nowhere, in a circle, or into /proc
/// - EFBIG: copy_of has more than 1 MiB
/// - EROFS: the path is to be made on a file system that is read-only
/// - no errno: copy_of is no regular file; the path would be made in a directory of the host's
///
/// See open_tree(2), move_mount(2), tmpfs(5).
struct File {
  /// The path. Required.
  Path target{};
  /// The file's content; absent: empty.
  std::string text{};
  /// Absolute path of a regular file on the host whose content is taken instead, as it is at the start; at most 1 MiB.
  HostPath copy_of{};
  /// What a missing copy_of means: an error, or an empty file. One of refused, empty. Default: refused.
  Absent absent = Absent::refused;
  /// Permission bits, umask not applied. Default: 0644.
  Mode mode{0644};
};

template <>
struct Words<Absent> {
  static constexpr std::array<std::string_view, 2> words{"refused", "empty"};
};

template <>
struct Shape<File> {
  static constexpr std::string_view type = "file";
  static constexpr std::string_view meaning = "covers a path with a file of the container's own";
  static constexpr std::string_view details =
      "In memory, and mounted, so that the image's file stays as it is below. The path is made where it is missing, "
      "and a link in its place is replaced, not followed; directories on the way are followed through links of the "
      "image's, inside of the container only.";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("target", &File::target, "the path"),
      optional("text", &File::text, "the file's content; absent: empty"),
      optional("copy_of", &File::copy_of,
               "absolute path of a regular file on the host whose content is taken instead, as it is at the start; at "
               "most 1 MiB"),
      optional("absent", &File::absent, "what a missing copy_of means: an error, or an empty file"),
      optional("mode", &File::mode, "permission bits, umask not applied"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"ENOENT", "copy_of is missing; the path cannot be made there, as in /proc"},
      {"EACCES", "the user who starts slipway may not read copy_of"},
      {"EISDIR", "a directory is in its place"},
      {"ENOTDIR", "something on the way is no directory"},
      {"ELOOP", "a link on the way leads nowhere, in a circle, or into /proc"},
      {"EFBIG", "copy_of has more than 1 MiB"},
      {"EROFS", "the path is to be made on a file system that is read-only"},
      {"", "copy_of is no regular file; the path would be made in a directory of the host's"},
  });
  static constexpr auto sources = std::to_array<std::string_view>({"open_tree(2)", "move_mount(2)", "tmpfs(5)"});
};

}  // namespace slipway::steps

#endif
