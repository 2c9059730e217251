// Copies the tree that layers show together, with several threads. Knows nothing of processes or journals.
#pragma once

#include "core/store/layer_stack.hpp"
#include "core/store/losses.hpp"

namespace slipway::store {

/// Into `into`, an empty directory open for reading, which gets the look of the layers' own top directory. After a
/// failure it holds some of the tree. Yields what could not be copied as it is.
Result<Losses> copy_tree(LayerStack layers, linux::Fd into, unsigned threads);

}  // namespace slipway::store
