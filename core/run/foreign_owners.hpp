// Directories of the host's that a root filesystem has as layers: those that cannot be layers, and what of them
// cannot be changed in the container, because its owner has no id there.
#pragma once

#include "core/linux/id_map.hpp"
#include "core/plan/plan.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

/// What `step` was refused where its place lies in such a directory: the kernel's words are that a value is too large
/// (an overlay copies up what it changes, with its owner), or that permission is denied.
Error explain_foreign_owner(Error error, const plan::PlannedStep& step, const plan::Plan& plan,
                            const linux::IdMap& ids);
/// What the overlay itself was refused where one of them cannot be a layer: the kernel has a number for that and no
/// name.
Error explain_unfit_layer(Error error, const plan::PlannedStep& step, const plan::Plan& plan, const linux::IdMap& ids,
                          const std::string& store);

}  // namespace slipway::run
