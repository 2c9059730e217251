// The probability distributions that the other files need, out of Boost.Math.
// Knows nothing of what they are needed for.
#pragma once

#include <cstddef>

namespace slipway::compare {

/// P(Z ≤ z) of the standard normal distribution, and the z that has this probability (0 < probability < 1).
double normal_below(double z);
double normal_quantile(double probability);

/// P(X ≤ successes) of the binomial distribution; 0 below its range and 1 above.
double binomial_at_most(double successes, std::size_t trials, double probability);

}  // namespace slipway::compare
