// An image out of one tar of a root filesystem.
#pragma once

#include <slipway/plugin.hpp>

namespace flat {

/// Hands over the image fact: one layer, the whole archive, and no settings. Throws a slipway::Failure.
void resolve(slipway::Resolve& archive);

}  // namespace flat
