// The standard streams, as the caller left them.
#pragma once

#include "core/report/report.hpp"

namespace slipway::linux {

/// Fills each of the descriptors 0, 1 and 2 that is closed, so that no descriptor opened later takes its number and is
/// then mistaken for a standard stream. Reading or writing them fails as it does on a closed one.
Result<void> open_missing_streams();

}  // namespace slipway::linux
