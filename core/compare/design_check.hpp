// Whether a design makes sense, before it is multiplied out. For design.cpp alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/compare/design.hpp"

namespace slipway::compare {

/// Names are there, distinct and readable; factors have levels; there are not too many variants.
Result<void> check_design(const Design& design);

std::vector<std::string> names_of(const std::vector<Factor>& factors);

/// Where the word stands among those known; refuses an unknown one with the nearest known word.
Result<std::size_t> position_of(const std::string& word, const std::vector<std::string>& known, std::string_view doing,
                                const std::string& what);

}  // namespace slipway::compare
