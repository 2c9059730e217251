#ifndef SLIPWAY_STEPS_READONLY_HPP
#define SLIPWAY_STEPS_READONLY_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Makes a path read-only by a bind mount onto itself; the root `/` is made read-only in place. A path that does
/// not exist is skipped without a word.
struct Readonly {
  Path path{};
};

template <>
struct Shape<Readonly> {
  static constexpr std::string_view type = "readonly";
  static constexpr std::string_view meaning = "makes a path read-only";
  static constexpr std::array phases{Phase::seal};
  static constexpr std::tuple fields{
      required("path", &Readonly::path, "what is made read-only"),
  };
};

}  // namespace slipway::steps

#endif
