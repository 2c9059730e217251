// What of an image could not be kept as it is, in words: which files, and what would help.
#pragma once

#include "core/linux/id_map.hpp"
#include "core/plan/blueprint.hpp"
#include "core/report/report.hpp"
#include "core/store/losses.hpp"

namespace slipway::run {

/// What `isolation.ids` asks of layers.
store::Owners owners_of(const config::Isolation& isolation);

/// The losses of all layers as warnings, none where nothing was lost.
Findings loss_notes(const store::Losses& losses, const config::Isolation& isolation);

/// Why an image whose owners must be exact cannot be used.
Error lost_owners(const store::Losses& losses, const config::Isolation& isolation);

/// What gives a container ids as high as these.
std::string remedy_for_ids(std::uint32_t uid, std::uint32_t gid, config::Isolation::User user);

/// What the kernel calls an invalid argument where a user or group of the image has no id in the container.
Error explain_user(Error error, const linux::IdMap& ids, const config::Isolation& isolation);

}  // namespace slipway::run
