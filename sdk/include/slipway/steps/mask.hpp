#ifndef SLIPWAY_STEPS_MASK_HPP
#define SLIPWAY_STEPS_MASK_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Hides a path: a directory under an empty read-only tmpfs, anything else under the null device. A path that does
/// not exist is skipped without a word.
struct Mask {
  Path path{};
};

template <>
struct Shape<Mask> {
  static constexpr std::string_view type = "mask";
  static constexpr std::string_view meaning = "hides a path from the container";
  static constexpr std::array phases{Phase::seal};
  static constexpr std::tuple fields{
      required("path", &Mask::path, "what is hidden"),
  };
};

}  // namespace slipway::steps

#endif
