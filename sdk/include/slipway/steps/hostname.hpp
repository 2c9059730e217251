#ifndef SLIPWAY_STEPS_HOSTNAME_HPP
#define SLIPWAY_STEPS_HOSTNAME_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Sets the host name of the container's UTS namespace; sethostname(2). Errors: EPERM without a UTS namespace of
/// its own, EINVAL past 64 bytes.
struct Hostname {
  std::string name{};
};

template <>
struct Shape<Hostname> {
  static constexpr std::string_view type = "hostname";
  static constexpr std::string_view meaning = "sets the host name";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("name", &Hostname::name, "1 to 64 bytes"),
  };
};

}  // namespace slipway::steps

#endif
