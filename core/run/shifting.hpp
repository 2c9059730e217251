// Mounts that the child is handed because it may not go where they come from: what lies in the store with the image's
// own ids, shown with a container's, and what is bound. None is a peer of a mount of the host's: what the container
// mounts and unmounts, its old root at the latest, would be mounted and unmounted there.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>

#include "core/linux/fd.hpp"
#include "core/plan/blueprint.hpp"
#include "core/plan/plan.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

/// A detached mount of `directory` that shifts owners by the maps of `user_namespace`, for reading and writing alike.
/// It is handed to the child as it is, because the container's root may not go through the store's directories. `store`
/// is its path, for the error where its file system cannot do that.
Result<linux::Fd> shift(const linux::Fd& directory, const linux::Fd& user_namespace, const std::string& store);

/// A detached copy of what the user binds, and of what is mounted below, with the owners that it has. It receives what
/// the host mounts later, unless `propagation` is private.
Result<linux::Fd> hand_over(const linux::Fd& source, config::Isolation::Propagation propagation);

/// What the steps of the prepare phase have yielded, by name, becomes such mounts for the container of `process`, which
/// has its user namespace by then.
Result<void> shift_results(std::map<std::string, linux::Fd>& results, const plan::Plan& plan,
                           const config::Isolation& isolation, pid_t process, const std::string& store);

}  // namespace slipway::run
