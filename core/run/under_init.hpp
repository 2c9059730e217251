// `--init`: the container's first process becomes slipway's init (core/init), and a child of it the program.
#pragma once

#include "core/report/report.hpp"

namespace slipway::run {

/// Returns in the process that is to become the program, once the other has become the init; or, in the first process,
/// with the reason why it could not. The caller runs alone in its session and its pid namespace, if that is its own.
Result<void> put_under_init();

}  // namespace slipway::run
