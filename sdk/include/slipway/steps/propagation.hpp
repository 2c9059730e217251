#ifndef SLIPWAY_STEPS_PROPAGATION_HPP
#define SLIPWAY_STEPS_PROPAGATION_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

enum class Scope : std::uint8_t { inherited, root };
enum class Spread : std::uint8_t { slave, isolated, shared, unbindable };

/// Sets how mounts travel between namespaces. The scope inherited stands in mount, before the first mount of the plan,
/// or the container's mounts would show up on the host; slipway itself emits it. root stands in seal, because
/// pivot_root(2) refuses a root that is shared. What is unbindable cannot be bound or made read-only any more.
///
/// Phase: mount or seal.
///
/// See mount_namespaces(7), mount_setattr(2), pivot_root(2).
struct Propagation {
  /// inherited: all that the new namespace has from the host; root: the container's own mounts. One of inherited, root.
  /// Default: inherited.
  Scope scope = Scope::inherited;
  /// How, for all mounts below as well. One of slave, private, shared, unbindable. Default: slave.
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
  static constexpr std::string_view details =
      "The scope inherited stands in mount, before the first mount of the plan, or the container's mounts would show "
      "up on the host; slipway itself emits it. root stands in seal, because pivot_root(2) refuses a root that is "
      "shared. What is unbindable cannot be bound or made read-only any more.";
  static constexpr std::array phases{Phase::mount, Phase::seal};
  static constexpr std::tuple fields{
      optional("scope", &Propagation::scope,
               "inherited: all that the new namespace has from the host; root: the container's own mounts"),
      optional("spread", &Propagation::spread, "how, for all mounts below as well"),
  };
  static constexpr auto sources =
      std::to_array<std::string_view>({"mount_namespaces(7)", "mount_setattr(2)", "pivot_root(2)"});
};

}  // namespace slipway::steps

#endif
