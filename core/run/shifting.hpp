// What lies in the store with the image's own ids, shown with a container's.
#pragma once

#include <string>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

/// A detached mount of `directory` that shifts owners by the maps of `user_namespace`, for reading and writing alike.
/// It is handed to the child as it is, because the container's root may not go through the store's directories. `store`
/// is its path, for the error where its file system cannot do that.
Result<linux::Fd> shift(const linux::Fd& directory, const linux::Fd& user_namespace, const std::string& store);

}  // namespace slipway::run
