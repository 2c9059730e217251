// Numbers as people write them: "2m", "1%", "30". Knows nothing of what they are of.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/report/report.hpp"

namespace slipway::compare {

/// "90", "90s", "1.5m", "2h", "500ms" -> seconds, above 0. `what` is for the error: "--time".
Result<double> read_duration(std::string_view text, std::string_view what);
/// "1%", "0.5 %" and "0.01" -> 0.01, above 0 and below 1.
Result<double> read_part(std::string_view text, std::string_view what);
/// A whole number from `least` on.
Result<std::uint64_t> read_number(std::string_view text, std::string_view what, std::uint64_t least);

}  // namespace slipway::compare
