// Verdicts as a reader gets them. Knows nothing of tables and pages.
#pragma once

#include <string>

#include "core/compare/statistics/verdict.hpp"

namespace slipway::compare {

/// "faster", "slower", "same within 1 %", "undecided".
std::string verdict_words(Verdict verdict, double same_within);

/// Why it is undecided, and what to do: "the difference is not larger than the noise; about 120 more blocks". Empty for
/// a verdict that is one.
std::string undecided_words(const Decision& decision);

}  // namespace slipway::compare
