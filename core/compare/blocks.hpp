// Randomised complete blocks: each block runs every variant once, in an order of its own.
// Knows of variants only how many there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::compare {

/// The order in which a block runs its variants: positions 0 to variants - 1, shuffled. It depends on the seed and the
/// block's number (from 0) alone, so a block that is run later, again or on another machine has the same one.
/// R. A. Fisher, "The Design of Experiments", Oliver and Boyd, 1935, §§ 22-26 (blocks, and chance within them).
std::vector<std::size_t> order_of_block(std::uint64_t seed, std::size_t block, std::size_t variants);

/// One of several machines or jobs that share the blocks of an experiment out.
struct Shard {
  std::size_t number = 1;  ///< from 1
  std::size_t of = 1;
};

/// Refuses a shard that is none ("3 of 2").
Result<Shard> shard(std::size_t number, std::size_t of);

/// Whether the shard runs the block. Blocks go round the shards in turn, so that shards differ by one block at most
/// and each has work from the beginning on, however many blocks there will be.
bool takes(const Shard& shard, std::size_t block);

/// The blocks below `rounds` that the shard runs.
std::vector<std::size_t> blocks_of(const Shard& shard, std::size_t rounds);

}  // namespace slipway::compare
