// Many tests at once: p-values that keep the chance of even one false alarm below the level.
// Knows nothing of what was tested.
#pragma once

#include <span>
#include <vector>

namespace slipway::compare {

/// The p-values adjusted, in their order: what is at most the level may be called a difference, with at most that
/// probability that any of them is none. NaN (nothing could be tested) stays NaN and counts as no test.
/// S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6(2), 1979,
/// pp. 65-70; as adjusted values: S. P. Wright, "Adjusted P-values for Simultaneous Inference", Biometrics 48(4),
/// 1992, pp. 1005-1013.
std::vector<double> holm(std::span<const double> p_values);

}  // namespace slipway::compare
