// Whether differences could be chance: a permutation test that turns their signs round.
// Knows nothing of blocks; of each block comes one difference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace slipway::compare {

/// Each difference's rank by size with the difference's sign: 1 for the smallest, the mean rank for equal ones. One
/// slow start among hundreds then counts no more than any other largest difference. A difference of 0 takes its rank
/// and counts 0, as in J. W. Pratt, "Remarks on Zeros and Ties in the Wilcoxon Signed Rank Procedures", Journal of the
/// American Statistical Association 54, 1959, pp. 655-667.
/// F. Wilcoxon, "Individual Comparisons by Ranking Methods", Biometrics Bulletin 1(6), 1945, pp. 80-83.
std::vector<double> signed_ranks(std::span<const double> differences);

/// How signs are turned round.
struct Flips {
  std::size_t all_up_to = 20;   ///< every combination of signs for at most so many values other than 0
  std::uint64_t most = 99'999;  ///< else so many at random; fewer, but not below 999, of more than two thousand values
  std::uint64_t seed = 0;
};

struct SignFlip {
  double p = 1;                ///< two-sided; 1 of no values
  bool exact = true;           ///< all combinations were looked at
  std::uint64_t combinations;  ///< how many were
};

/// If nothing differs, each value could as well have had the other sign: p is the part of all combinations of signs
/// whose sum is at least as far from 0 as the one that was found.
/// R. A. Fisher, "The Design of Experiments", Oliver and Boyd, 1935, § 21. At random: (b + 1) / (m + 1), which counts
/// the combination found among the m drawn, so that p is never 0 and never too small: B. Phipson and G. K. Smyth,
/// "Permutation P-values Should Never Be Zero", Statistical Applications in Genetics and Molecular Biology 9(1),
/// article 39, 2010, section 2.
SignFlip sign_flip_test(std::span<const double> values, const Flips& flips);

/// The smallest p that so many values can give: 2 of the 2^n combinations are as extreme as all signs alike.
double smallest_p(std::size_t values);

}  // namespace slipway::compare
