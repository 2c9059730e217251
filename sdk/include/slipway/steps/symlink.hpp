#ifndef SLIPWAY_STEPS_SYMLINK_HPP
#define SLIPWAY_STEPS_SYMLINK_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Makes a symbolic link inside the container; symlink(2). Errors: EEXIST where something else is in its place.
struct Symlink {
  std::string target{};
  Path link{};
};

template <>
struct Shape<Symlink> {
  static constexpr std::string_view type = "symlink";
  static constexpr std::string_view meaning = "makes a symbolic link inside the container";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("target", &Symlink::target, "what the link says; not looked up"),
      required("link", &Symlink::link, "where the link is made"),
  };
};

}  // namespace slipway::steps

#endif
