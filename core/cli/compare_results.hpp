// What is done with results of comparisons that are there already: `slipway compare show|diff|merge`.
#pragma once

#include <optional>

namespace slipway::cli {

/// The exit status; nothing where the words ask for no such thing, and so for a comparison.
std::optional<int> results_command(int count, const char* const* words);

}  // namespace slipway::cli
