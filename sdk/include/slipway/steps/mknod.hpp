#ifndef SLIPWAY_STEPS_MKNOD_HPP
#define SLIPWAY_STEPS_MKNOD_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

enum class NodeKind : std::uint8_t { character, block, fifo };

/// Makes a device node or FIFO; mknod(2). Errors: EEXIST, and EPERM in a user namespace (bind the host's there).
struct Mknod {
  Path target{};
  NodeKind kind = NodeKind::character;
  std::int64_t major = 0;
  std::int64_t minor = 0;
  Mode mode{0666};
};

template <>
struct Words<NodeKind> {
  static constexpr std::array<std::string_view, 3> words{"character", "block", "fifo"};
};

template <>
struct Shape<Mknod> {
  static constexpr std::string_view type = "mknod";
  static constexpr std::string_view meaning = "makes a device node";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("target", &Mknod::target, "the node"),
      optional("kind", &Mknod::kind, "character (default), block or fifo"),
      optional("major", &Mknod::major, "major device number; default 0"),
      optional("minor", &Mknod::minor, "minor device number; default 0"),
      optional("mode", &Mknod::mode, "permission bits, umask not applied; default 0666"),
  };
};

}  // namespace slipway::steps

#endif
