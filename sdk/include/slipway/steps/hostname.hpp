#ifndef SLIPWAY_STEPS_HOSTNAME_HPP
#define SLIPWAY_STEPS_HOSTNAME_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

enum class NameSource : std::uint8_t { name, image };

/// Sets the host name of the container's UTS namespace; sethostname(2). Errors: EPERM without a UTS namespace of
/// its own, EINVAL past 64 bytes; ENOENT where the container has no /etc/hostname and the name is to come from there.
struct Hostname {
  std::string name{};
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
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      optional("name", &Hostname::name, "1 to 64 bytes"),
      optional(
          "source", &Hostname::source,
          "name (default), or image: the first line of /etc/hostname in the container, which is read when the step "
          "is carried out; links of the image are followed within its root"),
  };
};

}  // namespace slipway::steps

#endif
