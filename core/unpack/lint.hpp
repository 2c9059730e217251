// What is odd about a tar of a root filesystem: it is read all the same, but perhaps not as its maker meant it.
#pragma once

#include <vector>

#include "core/store/job.hpp"
#include "core/unpack/source.hpp"

namespace slipway::unpack {

/// One warning for each kind of oddity: how many there are, and the first of them.
std::vector<store::PluginReport> lint(Source& archive);

}  // namespace slipway::unpack
