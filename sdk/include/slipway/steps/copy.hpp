#ifndef SLIPWAY_STEPS_COPY_HPP
#define SLIPWAY_STEPS_COPY_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Copies the tree that layers make into a directory of the run's own. The tree that an overlay of the layers would
/// show, deletions carried out, without one. Contents share their blocks with the layers where the file system can do
/// that.
///
/// Phase: prepare. Result: The directory that was filled.
///
/// Errors:
/// - ENOSPC: the disk is full
/// - EDQUOT: the user's quota does not take it
/// - no errno: into is not the result of a scratch step; the process that copies was killed
///
/// See ioctl_ficlone(2), copy_file_range(2), Documentation/filesystems/overlayfs.rst.
struct Copy {
  /// The layers' directories, the top one first; at least one. Required.
  std::vector<Reference> layers{};
  /// The result of a scratch step. Required.
  Reference into{};
};

template <>
struct Shape<Copy> {
  static constexpr std::string_view type = "copy";
  static constexpr std::string_view meaning = "copies the tree that layers make into a directory of the run's own";
  static constexpr std::string_view details =
      "The tree that an overlay of the layers would show, deletions carried out, without one. Contents share their "
      "blocks with the layers where the file system can do that.";
  static constexpr std::array phases{Phase::prepare};
  static constexpr std::string_view result = "the directory that was filled";
  static constexpr std::tuple fields{
      required("layers", &Copy::layers, "the layers' directories, the top one first; at least one"),
      required("into", &Copy::into, "the result of a scratch step"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"ENOSPC", "the disk is full"},
      {"EDQUOT", "the user's quota does not take it"},
      {"", "into is not the result of a scratch step; the process that copies was killed"},
  });
  static constexpr auto sources = std::to_array<std::string_view>(
      {"ioctl_ficlone(2)", "copy_file_range(2)", "Documentation/filesystems/overlayfs.rst"});
};

}  // namespace slipway::steps

#endif
