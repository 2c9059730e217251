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
/// The ids with which layers are unpacked: none where a mount shifts them.
linux::IdMap layer_ids(const config::Isolation& isolation, const linux::IdMap& ids);

}  // namespace slipway::run
