#ifndef SLIPWAY_STEPS_LINK_UP_HPP
#define SLIPWAY_STEPS_LINK_UP_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Brings a network interface of the container's network namespace up; netdevice(7). On `lo` the kernel adds
/// 127.0.0.1 and ::1 by itself. Errors: ENODEV for no such interface, EPERM in the host's namespace.
struct LinkUp {
  std::string interface {};
};

template <>
struct Shape<LinkUp> {
  static constexpr std::string_view type = "link_up";
  static constexpr std::string_view meaning = "brings a network interface up";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("interface", &LinkUp::interface, "its name: lo"),
  };
};

}  // namespace slipway::steps

#endif
