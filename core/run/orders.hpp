// What a container's first process is told beside its steps, from what is known of the host and the container.
#pragma once

#include "core/linux/host.hpp"
#include "core/linux/id_map.hpp"
#include "core/plan/blueprint.hpp"
#include "core/run/wire.hpp"

namespace slipway::run {

/// No fault among them.
Orders orders_for(const config::Isolation& isolation, const linux::IdMap& ids, const linux::HostAbilities& host,
                  Times times);

}  // namespace slipway::run
