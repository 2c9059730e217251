#include "core/compare/blocks.hpp"

#include <numeric>
#include <string>

#include "core/compare/random.hpp"

namespace slipway::compare {

std::vector<std::size_t> order_of_block(std::uint64_t seed, std::size_t block, std::size_t variants) {
  std::vector<std::size_t> order(variants);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random(seed, block);
  shuffle(order, random);
  return order;
}

Result<Shard> shard(std::size_t number, std::size_t of) {
  if (number >= 1 && number <= of) return Shard{.number = number, .of = of};
  return failure(0, "there is no shard " + std::to_string(number) + " of " + std::to_string(of), {},
                 "shards are numbered from 1 to how many there are");
}

bool takes(const Shard& shard, std::size_t block) { return block % shard.of == shard.number - 1; }

std::vector<std::size_t> blocks_of(const Shard& shard, std::size_t rounds) {
  std::vector<std::size_t> blocks;
  for (std::size_t block = shard.number - 1; block < rounds; block += shard.of) blocks.push_back(block);
  return blocks;
}

}  // namespace slipway::compare
