#ifndef SLIPWAY_STEPS_BIND_HPP
#define SLIPWAY_STEPS_BIND_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Shows a file or directory of the host, or an earlier step's result, inside the container; open_tree(2).
/// The target is there already and of the same kind. Errors: ENOENT for either end, ENOTDIR or EISDIR where
/// kinds differ, ELOOP where the image has a link in the target's place.
struct Bind {
  HostPath source{};
  Path target{};
  Access access = Access::read_write;
  std::vector<MountFlag> flags{};
};

template <>
struct Shape<Bind> {
  static constexpr std::string_view type = "bind";
  static constexpr std::string_view meaning = "shows a file or directory of the host inside the container";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("source", &Bind::source, "absolute path on the host, or the reference of a result"),
      required("target", &Bind::target, "the file or directory to cover"),
      optional("access", &Bind::access, "read_write (default) or read_only"),
      optional("flags", &Bind::flags, "mount flags by their mount(8) names"),
  };
};

}  // namespace slipway::steps

#endif
