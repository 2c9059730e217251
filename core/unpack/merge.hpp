// Lays one unpacked layer over a tree, as overlay would show it: for a tree that has to stand without overlay.
#pragma once

#include <string>
#include <unordered_set>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"

namespace slipway::unpack {

/// Moves what lies in `layer` into `tree` (of the same file system), carries deletions out and gives the directories
/// the layer's metadata. `opaque`: inodes of the layer's directories that hide what the tree has in their place.
/// Both are open for reading; the layer is left empty but for its directories. `spared`: a name at the top of the tree
/// that is none of its own, and stays whatever the layer hides.
Result<void> merge_layer(const linux::Fd& layer, const linux::Fd& tree, const std::unordered_set<ino_t>& opaque,
                         const std::string& spared = {});

}  // namespace slipway::unpack
