// Files that belong to the running program, found from where it is.
#pragma once

#include <string>

#include "core/report/report.hpp"

namespace slipway::linux {

/// Below the prefix that the running executable is installed in, links resolved: for PREFIX/bin/slipway (or for
/// PREFIX/libexec/slipway/slipway-full) and "libexec/slipway/slipway-worker" it is
/// PREFIX/libexec/slipway/slipway-worker. The build tree has the same shape.
Result<std::string> in_prefix(const std::string& path);
/// The hint where that is missing: mostly the program was copied out of its prefix.
inline constexpr const char* kBesideItself =
    "slipway looks beside its own file, in libexec and lib next to its bin: run it where it was installed, or through "
    "a "
    "link to it, or install it again";

}  // namespace slipway::linux
