// How often one variant's figure is above another's: Cliff's delta.
// Knows nothing of blocks.
#pragma once

#include <optional>
#include <span>

namespace slipway::compare {

/// P(a figure of the first is above one of the second) - P(it is below): -1 where all are below, 0 where it is even,
/// 1 where all are above. nullopt where one side has no figures.
/// N. Cliff, "Dominance Statistics: Ordinal Analyses to Answer Ordinal Questions", Psychological Bulletin 114(3),
/// 1993, pp. 494-509.
std::optional<double> cliffs_delta(std::span<const double> first, std::span<const double> second);

}  // namespace slipway::compare
