// Mounts inside that receive what the host mounts later, and must not where the container is to lose something.
#pragma once

#include <string>

#include "core/linux/fd.hpp"
#include "core/steps/inside.hpp"

namespace slipway::steps {

/// Makes private each mount that a directory on the way to `path` lies on: what the host mounted there later would
/// cover what has been put on `path`, and show there what nothing has been put on. `path` is one without links.
Result<void> stop_following_above(const Inside& inside, const std::string& path);

}  // namespace slipway::steps
