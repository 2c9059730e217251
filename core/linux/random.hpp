// Names that nobody else has or guesses, and bytes as hexadecimal digits.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/report/report.hpp"

namespace slipway::linux {

/// Two lower-case digits a byte.
std::string to_hex(std::span<const unsigned char> bytes);

/// So many bytes of getrandom(2), at most 256, as digits.
Result<std::string> random_hex(std::size_t bytes);

}  // namespace slipway::linux
