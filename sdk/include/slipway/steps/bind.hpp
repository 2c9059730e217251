#ifndef SLIPWAY_STEPS_BIND_HPP
#define SLIPWAY_STEPS_BIND_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

enum class Create : std::uint8_t { never, missing };
enum class Submounts : std::uint8_t { left, taken };

/// Shows a file or directory of the host, or an earlier step's result, inside the container; open_tree(2).
/// The target is there already and of the same kind, or is made (`create`): directories on the way are followed through
/// links of the image's, inside of the container only, and a link in the target's own place is replaced. Nothing is
/// made in a directory of the host's. What is mounted on the host later does not appear inside. Errors: ENOENT for
/// either end, ENOTDIR or EISDIR where kinds differ, ELOOP where the image has a link in the target's place, EINVAL
/// where an ordinary user leaves out mounts below the source, which the kernel would have to uncover.
struct Bind {
  HostPath source{};
  Path target{};
  Access access = Access::read_write;
  std::vector<MountFlag> flags{};
  Create create = Create::never;
  Submounts submounts = Submounts::left;
  Owners owners = Owners::host;
};

template <>
struct Words<Create> {
  static constexpr std::array<std::string_view, 2> words{"never", "missing"};
};
template <>
struct Words<Submounts> {
  static constexpr std::array<std::string_view, 2> words{"left", "taken"};
};

template <>
struct Shape<Bind> {
  static constexpr std::string_view type = "bind";
  static constexpr std::string_view meaning = "shows a file or directory of the host inside the container";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("source", &Bind::source, "absolute path on the host, or the reference of a result"),
      required("target", &Bind::target, "the file or directory to cover"),
      optional("access", &Bind::access, "read_write (default) or read_only, for the mounts below too"),
      optional("flags", &Bind::flags, "mount flags by their mount(8) names, for the mounts below too"),
      optional("create", &Bind::create, "never (default), or missing: the target is made where it is missing"),
      optional("submounts", &Bind::submounts, "left (default) or taken: whether mounts below the source come along"),
      optional("owners", &Bind::owners,
               "host (default); container: the source is the result of an open step with the same word"),
  };
};

}  // namespace slipway::steps

#endif
