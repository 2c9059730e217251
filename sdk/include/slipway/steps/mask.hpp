#ifndef SLIPWAY_STEPS_MASK_HPP
#define SLIPWAY_STEPS_MASK_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Hides a path from the container. A directory by an empty read-only tmpfs, anything else by the container's null
/// device, which must be there. A path that does not exist is skipped without a word.
///
/// Phase: seal.
///
/// Errors:
/// - ELOOP: there is a link in the path, which is not followed
/// - ENOENT: what is hidden is no directory, and the container has no /dev/null
/// - ENODEV: what the container has as /dev/null is not the null device
/// - EINVAL: what is hidden is no directory, and a propagation step made /dev/null unbindable
///
/// See tmpfs(5), null(4).
struct Mask {
  /// What is hidden. Required.
  Path path{};
};

template <>
struct Shape<Mask> {
  static constexpr std::string_view type = "mask";
  static constexpr std::string_view meaning = "hides a path from the container";
  static constexpr std::string_view details =
      "A directory by an empty read-only tmpfs, anything else by the container's null device, which must be there. A "
      "path that does not exist is skipped without a word.";
  static constexpr std::array phases{Phase::seal};
  static constexpr std::tuple fields{
      required("path", &Mask::path, "what is hidden"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"ELOOP", "there is a link in the path, which is not followed"},
      {"ENOENT", "what is hidden is no directory, and the container has no /dev/null"},
      {"ENODEV", "what the container has as /dev/null is not the null device"},
      {"EINVAL", "what is hidden is no directory, and a propagation step made /dev/null unbindable"},
  });
  static constexpr auto sources = std::to_array<std::string_view>({"tmpfs(5)", "null(4)"});
};

}  // namespace slipway::steps

#endif
