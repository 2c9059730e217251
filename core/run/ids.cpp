#include "core/run/ids.hpp"

namespace slipway::run {

Result<linux::IdMap> ids_of(const config::Isolation& isolation) {
  switch (isolation.user) {
    case config::Isolation::User::automatic:
      return linux::automatic_id_map();
    case config::Isolation::User::single:
      return linux::single_id_map();
    case config::Isolation::User::none:
      break;
  }
  return linux::IdMap{};
}

}  // namespace slipway::run
