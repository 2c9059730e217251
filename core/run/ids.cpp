#include "core/run/ids.hpp"

#include <fcntl.h>

#include "core/linux/host.hpp"
#include "core/run/joining.hpp"
#include "core/run/losses.hpp"
#include "core/store/store.hpp"

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
  return linux::is_root_of_host() && (isolation.user == User::ranges || isolation.user == User::joined);
}

linux::IdMap unpacking_ids(const linux::IdMap& ids) {
  if (!ids.none() || !linux::is_root_of_namespace()) return ids;
  return linux::ids_here().value_or(ids);
}

linux::IdMap layer_ids(const config::Isolation& isolation, const linux::IdMap& ids) {
  return shifts_layers(isolation) ? linux::IdMap{} : unpacking_ids(ids);
}

std::string layer_form(const config::Isolation& isolation, const linux::IdMap& ids) {
  std::string around;
  if (linux::is_root_of_namespace()) around = linux::ids_around().value_or(linux::IdMap{}).to_text();
  return store::form_of(layer_ids(isolation, ids), owners_of(isolation), around);
}

bool may_set_groups(const linux::IdMap& ids) {
  if (!ids.none() && ids.single()) return false;
  if (!linux::is_root_of_namespace()) return true;
  constexpr std::size_t kLongest = 16;
  const linux::Fd file(::open("/proc/self/setgroups", O_RDONLY | O_CLOEXEC));
  return !file || linux::read_all(file, kLongest).value_or("") != "deny\n";
}

}  // namespace slipway::run
