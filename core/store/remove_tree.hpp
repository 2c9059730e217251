// Removing a directory with all that lies in it, by descriptors: links are never followed, mounts never entered.
#pragma once

#include <string>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"

namespace slipway::store {

/// Removes `name` below `base`, which is open for reading; one that is not there is no error. Directories without
/// permission are given it first (overlay's work directory has mode 000). Of any depth.
Result<void> remove_tree_at(const linux::Fd& base, const std::string& name);

/// The same for all that lies in a directory, which stays.
Result<void> empty_directory(const linux::Fd& directory);

}  // namespace slipway::store
