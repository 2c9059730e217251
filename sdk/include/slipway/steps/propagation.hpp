#ifndef SLIPWAY_STEPS_PROPAGATION_HPP
#define SLIPWAY_STEPS_PROPAGATION_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

enum class Scope : std::uint8_t { inherited, root };
enum class Spread : std::uint8_t { slave, isolated, shared, unbindable };

/// Sets how mounts made later travel to and from other namespaces; mount_namespaces(7). `inherited` stands before
/// the first mount of the plan, or the container's mounts would show up on the host; `root` stands in the seal phase,
/// because pivot_root(2) refuses a root that is shared.
struct Propagation {
  Scope scope = Scope::inherited;
  Spread spread = Spread::slave;
};

template <>
struct Words<Scope> {
  static constexpr std::array<std::string_view, 2> words{"inherited", "root"};
};
template <>
struct Words<Spread> {  // "private" is a keyword of C++
  static constexpr std::array<std::string_view, 4> words{"slave", "private", "shared", "unbindable"};
};

template <>
struct Shape<Propagation> {
  static constexpr std::string_view type = "propagation";
  static constexpr std::string_view meaning = "sets how mounts travel between namespaces";
  static constexpr std::array phases{Phase::mount, Phase::seal};
  static constexpr std::tuple fields{
      optional("scope", &Propagation::scope,
               "inherited (default): all that the new namespace has from the host; root: the container's own mounts"),
      optional("spread", &Propagation::spread, "slave (default), private, shared or unbindable; recursive"),
  };
};

}  // namespace slipway::steps

#endif
