// The standard streams, as the caller left them, and what the caller passes on beside them.
#pragma once

#include "core/report/report.hpp"

namespace slipway::linux {

/// Fills each of the descriptors 0, 1 and 2 that is closed, so that no descriptor opened later takes its number and is
/// then mistaken for a standard stream. Reading or writing them fails as it does on a closed one.
Result<void> open_missing_streams();

/// Whether the caller has passed on the descriptors from 3 on, so many of them. What this process opens itself is
/// close-on-exec, and what came through its own exec is not: that tells them apart.
Result<void> check_passed_on(int count);
void close_passed_on(int count);

}  // namespace slipway::linux
