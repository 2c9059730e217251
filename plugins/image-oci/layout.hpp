// An image out of an OCI image layout, in a directory or in a tar. "Image Layout" of the OCI image specification.
#pragma once

#include <slipway/plugin.hpp>
#include <string>

namespace oci {

/// Whether that is what the source seems to be: it has oci-layout and index.json, and nothing of a root filesystem.
bool is_likely(const slipway::Resolve& source);

/// Hands over the image fact. `wanted`: a tag or the begin of a digest, or empty where there is only one image;
/// `platform`: "linux/arm64", or empty for this machine's. Throws a slipway::Failure.
void resolve(slipway::Resolve& source, const std::string& wanted, const std::string& platform);

}  // namespace oci
