// Which ids a container has, by what its pipeline asks for and what the host grants its user.
#pragma once

#include "core/linux/id_map.hpp"
#include "core/plan/blueprint.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

/// The ids that `isolation.user` asks for.
Result<linux::IdMap> ids_of(const config::Isolation& isolation);

}  // namespace slipway::run
