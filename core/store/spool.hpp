// A file without a name in the store, for an image whose bytes cannot be read where they are: those of a pipe, or
// compressed ones, which have no offsets. It goes with its last descriptor, so that a killed run leaves nothing of it.
#pragma once

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"
#include "core/store/store.hpp"

namespace slipway::store {

/// Empty, open for reading and writing, on the file system that layers lie on.
Result<linux::Fd> make_spool(const Store& store);

}  // namespace slipway::store
