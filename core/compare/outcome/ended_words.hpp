// The words of the result file that its writer and its reader share.
#pragma once

#include <array>
#include <string_view>

#include "core/compare/outcome/outcome.hpp"

namespace slipway::compare {

/// The first member: what makes the file a result, and which form it has.
inline constexpr std::string_view kVersionMember = "slipway_compare";

/// In the order of Ended.
inline constexpr std::array<std::string_view, 5> kEndedWords = {"not yet", "rounds", "time", "precision",
                                                                "interrupted"};

constexpr std::string_view to_word(Ended ended) { return kEndedWords.at(static_cast<std::size_t>(ended)); }

}  // namespace slipway::compare
