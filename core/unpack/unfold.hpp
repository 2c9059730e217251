// A compressed source, written out once: only then can its parts be found and read by their offsets.
#pragma once

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"

namespace slipway::unpack {

/// Decompresses `source` into `spool`, an empty file.
Result<void> unfold(const linux::Fd& source, const linux::Fd& spool);

}  // namespace slipway::unpack
