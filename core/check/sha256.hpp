// SHA-256 (FIPS 180-4), for the digests in images that the kit makes. What comes from strangers is the worker's to
// prove.
#pragma once

#include <string>
#include <string_view>

namespace slipway::check {

/// As 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

}  // namespace slipway::check
