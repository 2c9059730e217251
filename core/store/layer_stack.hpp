// What layers show together, one directory after the other, as overlay would show it: Documentation/filesystems/
// overlayfs.rst. Reads only. Knows nothing of what becomes of it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"

namespace slipway::store {

/// One directory: those of the layers that it is made of, the top one first, open for reading.
using LayerStack = std::vector<linux::Fd>;

struct StackEntry {
  std::string name{};
  std::size_t layer = 0;  ///< whose entry it is: a place in the stack
  bool is_directory = false;
};

/// Whether a directory, open for reading, hides what lower layers have in its place.
bool is_opaque(const linux::Fd& directory);

/// The layers' top directories, given as they are held, as one stack: down to the first that hides all below it.
Result<LayerStack> open_layers(const std::vector<const linux::Fd*>& layers);

/// What is seen in a directory: no deletions, and nothing that they or higher layers hide.
Result<std::vector<StackEntry>> entries_of(const LayerStack& directory);

/// A directory in a directory: that of the entry's layer, and those of lower ones that are not hidden from there.
Result<LayerStack> open_entry(const LayerStack& directory, const StackEntry& entry);

}  // namespace slipway::store
