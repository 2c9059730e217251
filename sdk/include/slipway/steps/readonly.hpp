#ifndef SLIPWAY_STEPS_READONLY_HPP
#define SLIPWAY_STEPS_READONLY_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Makes a path read-only. By a bind mount onto itself, with what is mounted below; the root / is made read-only in
/// place, and what is mounted below it stays as it is. A path that does not exist is skipped without a word.
///
/// Phase: seal.
///
/// Errors:
/// - ELOOP: there is a link in the path, which is not followed
/// - EINVAL: it lies on a mount that a propagation step made unbindable
///
/// See mount_setattr(2), open_tree(2).
struct Readonly {
  /// What is made read-only. Required.
  Path path{};
};

template <>
struct Shape<Readonly> {
  static constexpr std::string_view type = "readonly";
  static constexpr std::string_view meaning = "makes a path read-only";
  static constexpr std::string_view details =
      "By a bind mount onto itself, with what is mounted below; the root / is made read-only in place, and what is "
      "mounted below it stays as it is. A path that does not exist is skipped without a word.";
  static constexpr std::array phases{Phase::seal};
  static constexpr std::tuple fields{
      required("path", &Readonly::path, "what is made read-only"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"ELOOP", "there is a link in the path, which is not followed"},
      {"EINVAL", "it lies on a mount that a propagation step made unbindable"},
  });
  static constexpr auto sources = std::to_array<std::string_view>({"mount_setattr(2)", "open_tree(2)"});
};

}  // namespace slipway::steps

#endif
