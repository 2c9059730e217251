#include "core/run/ids.hpp"

#include <unistd.h>

#include "core/run/joining.hpp"

namespace slipway::run {

Result<linux::IdMap> ids_of(const config::Isolation& isolation) {
  switch (isolation.user) {
    case config::Isolation::User::automatic:
      return linux::automatic_id_map();
    case config::Isolation::User::single:
      return linux::single_id_map();
    case config::Isolation::User::ranges:
      return isolation.ranges;
    case config::Isolation::User::joined: {
      auto joins = open_joins(isolation);
      if (!joins) return tl::unexpected(joins.error());
      return linux::ids_of_user_namespace(joins->front().file);
    }
    case config::Isolation::User::none:
      break;
  }
  return linux::IdMap{};
}

bool shifts_layers(const config::Isolation& isolation) {
  using User = config::Isolation::User;
  return ::geteuid() == 0 && (isolation.user == User::ranges || isolation.user == User::joined);
}

linux::IdMap layer_ids(const config::Isolation& isolation, const linux::IdMap& ids) {
  return shifts_layers(isolation) ? linux::IdMap{} : ids;
}

}  // namespace slipway::run
