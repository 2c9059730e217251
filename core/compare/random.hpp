// Random numbers that are the same from the same seed on every machine and standard library.
// Knows nothing of what is drawn with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

namespace slipway::compare {

/// One of 2^64 independent sequences of a seed: a sequence for each block, so that a block is the same whoever runs
/// it and whichever blocks were run before.
///
/// The generator is std::mt19937_64 seeded by std::seed_seq from the four 32-bit halves of seed and sequence, lowest
/// first: the standard prescribes both to the last bit ([rand.predef], [rand.util.seedseq]). Its distributions and
/// std::shuffle are left to each library, so what uses the generator's words is written out here.
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t sequence);

  /// 64 random bits.
  std::uint64_t bits() { return engine_(); }

  /// A number from 0 to bound - 1, each as likely; bound is at least 1.
  std::uint64_t below(std::uint64_t bound);

  /// A number strictly between 0 and 1.
  double between_0_and_1();

 private:
  std::mt19937_64 engine_;
};

/// Brings the values into a random order, each order as likely.
void shuffle(std::span<std::size_t> values, Random& random);

}  // namespace slipway::compare
