// What bin/slipway does before the C library has begun; see docs/decisions/0016-two-programs.md.
#pragma once

#include "core/run/first_process.hpp"

namespace slipway::cli {

/// Returns but in the container's first process, when that was made then.
void go_on_as_first_process();

/// That one, in the process which made it; none where none was made.
run::FirstProcess take_first_process();

}  // namespace slipway::cli
