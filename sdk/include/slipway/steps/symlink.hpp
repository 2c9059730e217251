#ifndef SLIPWAY_STEPS_SYMLINK_HPP
#define SLIPWAY_STEPS_SYMLINK_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Makes a symbolic link inside the container. The directory that it lies in is there.
///
/// Phase: mount.
///
/// Errors:
/// - EEXIST: something is in its place
/// - ENOENT: the directory that it lies in is missing, or takes none, as /proc; the target is empty
/// - ENOTDIR: something on the way is no directory
/// - ELOOP: there is a link on the way, which is not followed
/// - ENAMETOOLONG: the target has more than 4095 bytes, or the link's name more than 255
/// - EROFS: the file system is read-only
///
/// See symlink(2).
struct Symlink {
  /// What the link says; not looked up. Required.
  std::string target{};
  /// Where the link is made. Required.
  Path link{};
};

template <>
struct Shape<Symlink> {
  static constexpr std::string_view type = "symlink";
  static constexpr std::string_view meaning = "makes a symbolic link inside the container";
  static constexpr std::string_view details = "The directory that it lies in is there.";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("target", &Symlink::target, "what the link says; not looked up"),
      required("link", &Symlink::link, "where the link is made"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"EEXIST", "something is in its place"},
      {"ENOENT", "the directory that it lies in is missing, or takes none, as /proc; the target is empty"},
      {"ENOTDIR", "something on the way is no directory"},
      {"ELOOP", "there is a link on the way, which is not followed"},
      {"ENAMETOOLONG", "the target has more than 4095 bytes, or the link's name more than 255"},
      {"EROFS", "the file system is read-only"},
  });
  static constexpr auto sources = std::to_array<std::string_view>({"symlink(2)"});
};

}  // namespace slipway::steps

#endif
