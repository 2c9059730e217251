#ifndef SLIPWAY_STEPS_WRITE_HPP
#define SLIPWAY_STEPS_WRITE_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Makes a regular file with the given content. Errors: EEXIST where something is in its place.
struct Write {
  Path target{};
  std::string text{};
  Mode mode{0644};
};

template <>
struct Shape<Write> {
  static constexpr std::string_view type = "write";
  static constexpr std::string_view meaning = "makes a file inside the container";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("target", &Write::target, "the file"),
      optional("text", &Write::text, "its content; default empty"),
      optional("mode", &Write::mode, "permission bits, umask not applied; default 0644"),
  };
};

}  // namespace slipway::steps

#endif
