#ifndef SLIPWAY_STEPS_LINK_UP_HPP
#define SLIPWAY_STEPS_LINK_UP_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Brings a network interface up. Of the container's network namespace. On lo the kernel adds 127.0.0.1 and ::1 by
/// itself. One that is up stays as it is.
///
/// Phase: mount.
///
/// Errors:
/// - ENODEV: there is no such interface
/// - EPERM: an ordinary user's container has the host's network namespace
///
/// See netdevice(7), network_namespaces(7).
struct LinkUp {
  /// Its name, 1 to 15 bytes: lo. Required.
  std::string interface {};
};

template <>
struct Shape<LinkUp> {
  static constexpr std::string_view type = "link_up";
  static constexpr std::string_view meaning = "brings a network interface up";
  static constexpr std::string_view details =
      "Of the container's network namespace. On lo the kernel adds 127.0.0.1 and ::1 by itself. One that is up stays "
      "as it is.";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("interface", &LinkUp::interface, "its name, 1 to 15 bytes: lo"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"ENODEV", "there is no such interface"},
      {"EPERM", "an ordinary user's container has the host's network namespace"},
  });
  static constexpr auto sources = std::to_array<std::string_view>({"netdevice(7)", "network_namespaces(7)"});
};

}  // namespace slipway::steps

#endif
