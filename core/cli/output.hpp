// Standard output of a command: gathered, and written at its end, where the reason of a failure is known.
#pragma once

namespace slipway::cli {

/// Before anything is printed.
void gather_output();
/// Half an answer that counts as a whole one is worse than none: the status, or that of a problem, which was told.
int write_out(int status);

}  // namespace slipway::cli
