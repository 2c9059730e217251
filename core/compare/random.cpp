#include "core/compare/random.hpp"

#include <utility>

namespace slipway::compare {
namespace {

__extension__ typedef unsigned __int128 Wide;  // the product of two 64-bit words

std::mt19937_64 engine(std::uint64_t seed, std::uint64_t sequence) {
  const auto low = [](std::uint64_t word) { return static_cast<std::uint32_t>(word); };
  std::seed_seq words{low(seed), low(seed >> 32U), low(sequence), low(sequence >> 32U)};
  return std::mt19937_64(words);
}

}  // namespace

Random::Random(std::uint64_t seed, std::uint64_t sequence) : engine_(engine(seed, sequence)) {}

// D. Lemire, "Fast Random Integer Generation in an Interval", ACM Transactions on Modeling and Computer Simulation
// 29(1), article 3, 2019, algorithm 5: the upper word of bits × bound, where lower words that would make some numbers
// likelier than others are drawn again.
std::uint64_t Random::below(std::uint64_t bound) {
  Wide product = static_cast<Wide>(bits()) * bound;
  auto low = static_cast<std::uint64_t>(product);
  if (low < bound) {
    const std::uint64_t uneven = (0 - bound) % bound;  // 2^64 mod bound
    while (low < uneven) {
      product = static_cast<Wide>(bits()) * bound;
      low = static_cast<std::uint64_t>(product);
    }
  }
  return static_cast<std::uint64_t>(product >> 64U);
}

// The middle of one of 2^52 equal parts: neither 0 nor 1 can come, and each value is exact in a double.
double Random::between_0_and_1() { return (static_cast<double>(bits() >> 12U) + 0.5) * 0x1p-52; }

// R. Durstenfeld, "Algorithm 235: Random permutation", Communications of the ACM 7(7), 1964, p. 420 (Fisher and
// Yates's shuffle, from the last value to the first).
void shuffle(std::span<std::size_t> values, Random& random) {
  for (std::size_t left = values.size(); left > 1; --left) std::swap(values[left - 1], values[random.below(left)]);
}

}  // namespace slipway::compare
