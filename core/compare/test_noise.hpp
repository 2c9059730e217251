// Made-up runs, for tests: figures as starts of containers have them.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/compare/analysis.hpp"
#include "core/compare/random.hpp"
#include "core/compare/statistics/distributions.hpp"

namespace slipway::compare {

struct Made {
  std::size_t blocks = 20;
  std::vector<double> factors = {1, 1, 1};  ///< of each variant's figures; the first is the baseline's
  double spread = 0.05;                     ///< of a run, in parts of its figure
  double block_spread = 0.2;                ///< of a whole block: the machine is busy
  double slow_runs = 0.02;                  ///< so many runs take three times as long
};

/// The control comes last.
inline Figures make_up(const Made& made, std::uint64_t seed) {
  Random random(seed, 0);
  const auto normal = [&] { return normal_quantile(random.between_0_and_1()); };
  Figures figures{.baseline = 0, .control = made.factors.size()};
  figures.of_variant.resize(made.factors.size() + 1);
  for (std::size_t block = 0; block < made.blocks; ++block) {
    const double level = 5 * std::exp(made.block_spread * normal());
    for (std::size_t variant = 0; variant <= made.factors.size(); ++variant) {
      const double factor = variant < made.factors.size() ? made.factors[variant] : made.factors[0];
      const double slow = random.between_0_and_1() < made.slow_runs ? 3 : 1;
      figures.of_variant[variant].push_back(level * factor * slow * std::exp(made.spread * normal()));
    }
  }
  return figures;
}

}  // namespace slipway::compare
