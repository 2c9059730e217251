#ifndef SLIPWAY_STEPS_MKNOD_HPP
#define SLIPWAY_STEPS_MKNOD_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

enum class NodeKind : std::uint8_t { character, block, fifo };

/// Makes a device node. The directory that it lies in is there. As an ordinary user bind the host's device instead.
///
/// Phase: mount. Rights beyond the phase's: A device needs root of the host: in a user namespace the kernel refuses
/// device nodes (mknod(2)). A FIFO needs nothing.
///
/// Errors:
/// - EEXIST: something is in its place
/// - EPERM: it is a device, and the container has a user namespace
/// - ENOENT: the directory that it lies in is missing, or takes none, as /proc
/// - ENOTDIR: something on the way is no directory
/// - ELOOP: there is a link on the way, which is not followed
/// - EROFS: the file system is read-only
///
/// See mknod(2), user_namespaces(7).
struct Mknod {
  /// The node. Required.
  Path target{};
  /// What is made. One of character, block, fifo. Default: character.
  NodeKind kind = NodeKind::character;
  /// Major device number. Default: 0.
  std::int64_t major = 0;
  /// Minor device number. Default: 0.
  std::int64_t minor = 0;
  /// Permission bits, umask not applied. Default: 0666.
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
  static constexpr std::string_view details =
      "The directory that it lies in is there. As an ordinary user bind the host's device instead.";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::string_view rights =
      "A device needs root of the host: in a user namespace the kernel refuses device nodes (mknod(2)). A FIFO needs "
      "nothing.";
  static constexpr std::tuple fields{
      required("target", &Mknod::target, "the node"),
      optional("kind", &Mknod::kind, "what is made"),
      optional("major", &Mknod::major, "major device number"),
      optional("minor", &Mknod::minor, "minor device number"),
      optional("mode", &Mknod::mode, "permission bits, umask not applied"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"EEXIST", "something is in its place"},
      {"EPERM", "it is a device, and the container has a user namespace"},
      {"ENOENT", "the directory that it lies in is missing, or takes none, as /proc"},
      {"ENOTDIR", "something on the way is no directory"},
      {"ELOOP", "there is a link on the way, which is not followed"},
      {"EROFS", "the file system is read-only"},
  });
  static constexpr auto sources = std::to_array<std::string_view>({"mknod(2)", "user_namespaces(7)"});
};

}  // namespace slipway::steps

#endif
