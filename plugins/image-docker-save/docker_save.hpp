// An image out of an archive that `docker save` wrote.
#pragma once

#include <slipway/plugin.hpp>
#include <string>

namespace docker_save {

/// Whether that is what the archive seems to be: it has a manifest.json, and nothing of a root filesystem beside it.
bool is_likely(const slipway::Resolve& archive);

/// Hands over the image fact. `wanted`: a tag or the begin of an id, or empty where there is only one image. Throws a
/// slipway::Failure.
void resolve(slipway::Resolve& archive, const std::string& wanted);

}  // namespace docker_save
