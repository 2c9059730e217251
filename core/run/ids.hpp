// Which ids a container has, by what its pipeline asks for and what the host grants its user.
#pragma once

#include "core/linux/id_map.hpp"
#include "core/plan/blueprint.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

/// The ids that `isolation.user` asks for.
Result<linux::IdMap> ids_of(const config::Isolation& isolation);

/// Whether the layers keep the image's own ids in the store, and a mount shifts them by the container's: as root with
/// ranges there is no second copy of a layer for each map.
bool shifts_layers(const config::Isolation& isolation);
/// The ids with which files are unpacked for a container of these: the host's root alone can do without a map. Root of
/// another user namespace has one of all that there is, and so the same ids, and what else is lost is told.
linux::IdMap unpacking_ids(const linux::IdMap& ids);
/// The ids with which layers are unpacked: none where a mount shifts them.
linux::IdMap layer_ids(const config::Isolation& isolation, const linux::IdMap& ids);
/// How such layers are called in the store: in another user namespace the same ids are others outside of it.
std::string layer_form(const config::Isolation& isolation, const linux::IdMap& ids);

/// Whether the container may set further groups: setgroups(2) is denied where an ordinary user maps its own id alone.
bool may_set_groups(const linux::IdMap& ids);

}  // namespace slipway::run
