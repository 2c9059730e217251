// What is done with results that there are: slipway compare diff, slipway compare merge.
#pragma once

#include <string_view>

namespace slipway::cli {

/// Whether the first word behind "compare" is one of these.
inline bool is_about_results(int count, const char* const* words) {
  return count > 1 && (words[1] == std::string_view("diff") || words[1] == std::string_view("merge"));
}

/// `words` as of "compare". Prints, and yields the status: 3 of a regression.
int compare_results(int count, const char* const* words);

}  // namespace slipway::cli
