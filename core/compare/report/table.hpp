// An outcome for a person at a terminal, or in a log. Knows nothing of colours.
#pragma once

#include <string>

#include "core/compare/outcome/outcome.hpp"

namespace slipway::compare {

/// How it was made, then a table a measure, what is to be said of it, and the notes. No line ends in a blank.
std::string to_table(const Outcome& outcome);

}  // namespace slipway::compare
