// What is done with results of comparisons that are there already: `slipway compare show|diff|merge`.
#pragma once

namespace slipway::cli {

/// Where asks_for_results() of compare_words.hpp. The exit status.
int results_command(int count, const char* const* words);

}  // namespace slipway::cli
