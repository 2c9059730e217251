// What lies in a directory.
#pragma once

#include <functional>
#include <string>

#include "core/linux/fd.hpp"

namespace slipway::linux {

/// Calls `visit` with each name in `directory` but "." and "..", until it returns false. Whatever was read through
/// `directory` before, it begins at the beginning.
Result<void> list(const Fd& directory, const std::function<bool(const std::string& name)>& visit);

Result<bool> is_empty(const Fd& directory);

}  // namespace slipway::linux
