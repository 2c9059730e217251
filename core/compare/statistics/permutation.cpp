#include "core/compare/statistics/permutation.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

#include "core/compare/random.hpp"
#include "core/compare/statistics/ranks.hpp"

namespace slipway::compare {
namespace {

constexpr std::uint64_t kFewest = 999;
constexpr std::uint64_t kMostAdditions = 200'000'000;  // some tenths of a second
constexpr std::uint64_t kSequence = 0x7369676e;        // of a seed, this test's own

double sum_of_sizes(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0, [](double sum, double x) { return sum + std::abs(x); });
}

/// What sums of the same numbers in another order may differ by; they are as extreme as each other.
double rounding(std::span<const double> values) { return 1e-11 * sum_of_sizes(values); }

/// Goes through all signs but the first value's (turning all round changes nothing here), one value at a time: with
/// each number counted, the value at its lowest set bit. F. Gray's code, US patent 2,632,058, 1953.
SignFlip all_combinations(std::vector<double> values, double extreme) {
  const std::uint64_t count = std::uint64_t{1} << (values.size() - 1);
  double sum = std::accumulate(values.begin(), values.end(), 0.0);
  std::uint64_t as_extreme = 1;  // the one found
  for (std::uint64_t step = 1; step < count; ++step) {
    double& turned = values[1 + static_cast<std::size_t>(std::countr_zero(step))];
    sum -= 2 * turned;
    turned = -turned;
    if (std::abs(sum) >= extreme) ++as_extreme;
  }
  return {.p = static_cast<double>(as_extreme) / static_cast<double>(count), .exact = true, .combinations = count};
}

double with_random_signs(std::span<const double> values, Random& random) {
  // Four sums, because an addition has to wait for the one before.
  std::array<double, 4> sums{};
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i % 64 == 0) bits = random.bits();
    // Without a branch, which a processor would guess wrong every second time.
    sums[i % 4] += std::bit_cast<double>(std::bit_cast<std::uint64_t>(values[i]) ^ (bits << 63U));
    bits >>= 1U;
  }
  return sums[0] + sums[1] + sums[2] + sums[3];
}

SignFlip at_random(std::span<const double> values, double extreme, const Flips& flips) {
  const std::uint64_t affordable = std::max<std::uint64_t>(kFewest, kMostAdditions / values.size());
  const std::uint64_t count = std::min(flips.most, affordable);
  Random random(flips.seed, kSequence);
  std::uint64_t as_extreme = 0;
  for (std::uint64_t drawn = 0; drawn < count; ++drawn) {
    if (std::abs(with_random_signs(values, random)) >= extreme) ++as_extreme;
  }
  const double p = static_cast<double>(as_extreme + 1) / static_cast<double>(count + 1);
  return {.p = p, .exact = false, .combinations = count};
}

}  // namespace

std::vector<double> signed_ranks(std::span<const double> differences) {
  std::vector<double> sizes;
  sizes.reserve(differences.size());
  for (const double difference : differences) sizes.push_back(std::abs(difference));
  std::vector<double> signed_by_size = mean_ranks(sizes);
  for (std::size_t i = 0; i < differences.size(); ++i) {
    signed_by_size[i] = differences[i] == 0 ? 0 : std::copysign(signed_by_size[i], differences[i]);
  }
  return signed_by_size;
}

SignFlip sign_flip_test(std::span<const double> values, const Flips& flips) {
  std::vector<double> counting;  // a 0 is 0 with either sign
  std::copy_if(values.begin(), values.end(), std::back_inserter(counting), [](double x) { return x != 0; });
  if (counting.empty()) return {.p = 1, .exact = true, .combinations = 1};
  const double found = std::abs(std::accumulate(counting.begin(), counting.end(), 0.0));
  const double extreme = found - rounding(counting);
  // Beyond 62 values their combinations cannot be counted, whatever is asked for.
  if (counting.size() <= std::min<std::size_t>(flips.all_up_to, 62)) return all_combinations(counting, extreme);
  return at_random(counting, extreme, flips);
}

double smallest_p(std::size_t values) {
  return values == 0 ? 1 : std::ldexp(1.0, 1 - static_cast<int>(std::min<std::size_t>(values, 1000)));
}

}  // namespace slipway::compare
