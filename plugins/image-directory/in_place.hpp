// An image that is a root filesystem in a directory.
#pragma once

#include <slipway/plugin.hpp>

namespace in_place {

/// Hands over the image fact: one layer, used where it lies, and no settings. Throws a slipway::Failure.
void resolve(slipway::Resolve& directory);

}  // namespace in_place
