#ifndef SLIPWAY_STEPS_HOSTNAME_HPP
#define SLIPWAY_STEPS_HOSTNAME_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

enum class NameSource : std::uint8_t { name, image };

/// Sets the host name. Of the container's UTS namespace, which it must have of its own. With source image the name is
/// the first line of /etc/hostname in the container, which is read when the step is carried out; links of the image are
/// followed within its root.
///
/// Phase: mount.
///
/// Errors:
/// - EPERM: an ordinary user's container has no UTS namespace of its own
/// - no errno: source is image, and /etc/hostname is missing, no regular file, larger than 1 MiB, or holds no host name
///
/// See sethostname(2), uts_namespaces(7), hostname(5).
struct Hostname {
  /// 1 to 64 bytes; absent where the image says it.
  std::string name{};
  /// name: as name says; image: as the image's /etc/hostname says. One of name, image. Default: name.
  NameSource source = NameSource::name;
};

template <>
struct Words<NameSource> {
  static constexpr std::array<std::string_view, 2> words{"name", "image"};
};

template <>
struct Shape<Hostname> {
  static constexpr std::string_view type = "hostname";
  static constexpr std::string_view meaning = "sets the host name";
  static constexpr std::string_view details =
      "Of the container's UTS namespace, which it must have of its own. With source image the name is the first line "
      "of /etc/hostname in the container, which is read when the step is carried out; links of the image are followed "
      "within its root.";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      optional("name", &Hostname::name, "1 to 64 bytes; absent where the image says it"),
      optional("source", &Hostname::source, "name: as name says; image: as the image's /etc/hostname says"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"EPERM", "an ordinary user's container has no UTS namespace of its own"},
      {"", "source is image, and /etc/hostname is missing, no regular file, larger than 1 MiB, or holds no host name"},
  });
  static constexpr auto sources =
      std::to_array<std::string_view>({"sethostname(2)", "uts_namespaces(7)", "hostname(5)"});
};

}  // namespace slipway::steps

#endif
