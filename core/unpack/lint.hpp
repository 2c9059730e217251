// What is odd about a root filesystem in a tar or a directory: it is read all the same, but perhaps not as its maker
// meant it.
#pragma once

#include <vector>

#include "core/store/job.hpp"
#include "core/unpack/source.hpp"

namespace slipway::unpack {

/// A warning where the root filesystem seems to lie one directory deeper than where it is looked for.
std::vector<store::PluginReport> misplaced_root(Source& tree);

/// One warning for each kind of oddity: how many there are, and the first of them.
std::vector<store::PluginReport> lint(Source& archive);

}  // namespace slipway::unpack
