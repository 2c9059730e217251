#include "core/compare/blocks.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "core/compare/random.hpp"

namespace slipway::compare {
namespace {

using Order = std::vector<std::size_t>;

TEST_CASE("the standard library's generator gives the words that the standard prescribes") {
  // ISO/IEC 14882, [rand.predef]: the 10000th word of a default-constructed mt19937_64.
  std::mt19937_64 engine;
  engine.discard(9999);
  CHECK(engine() == 9981545732273789042ULL);
}

TEST_CASE("a seed and a sequence give the same words everywhere") {
  // From the definitions of seed_seq and mt19937_64, computed without a C++ library; see against_scipy.py.
  Random random(0x0123456789abcdef, 7);
  CHECK(random.bits() == 89870615995544603ULL);
  CHECK(random.bits() == 15575987917627357817ULL);
  CHECK(Random(0x0123456789abcdef, 8).bits() != 89870615995544603ULL);
  CHECK(Random(0x1123456789abcdef, 7).bits() != 89870615995544603ULL);
}

TEST_CASE("bounded numbers reach every value alike, and nothing beyond") {
  Random random(1, 0);
  std::map<std::uint64_t, int> seen;
  for (int i = 0; i < 7000; ++i) ++seen[random.below(7)];
  REQUIRE(seen.size() == 7);
  for (const auto& [number, count] : seen) {
    INFO(number);
    CHECK(number < 7);
    CHECK(std::abs(count - 1000) < 150);  // five standard deviations
  }
  CHECK(random.below(1) == 0);
  // A bound above half of all words, where every second word or so is drawn again.
  const std::uint64_t large = (std::uint64_t{1} << 63U) + 1;
  for (int i = 0; i < 100; ++i) CHECK(random.below(large) < large);
}

TEST_CASE("an order is every variant once, and the same for the same seed and block") {
  for (const std::size_t variants : {0U, 1U, 2U, 5U, 1000U}) {
    Order order = order_of_block(42, 3, variants);
    CHECK(order == order_of_block(42, 3, variants));
    std::sort(order.begin(), order.end());
    REQUIRE(order.size() == variants);
    for (std::size_t i = 0; i < variants; ++i) CHECK(order[i] == i);
  }
  CHECK(order_of_block(42, 3, 1000) != order_of_block(42, 4, 1000));
  CHECK(order_of_block(42, 3, 1000) != order_of_block(43, 3, 1000));
}

TEST_CASE("the printed seed of an experiment gives these orders on every machine") {
  CHECK(order_of_block(42, 0, 6) == Order{1, 0, 4, 3, 5, 2});
  CHECK(order_of_block(42, 1, 6) == Order{2, 0, 3, 1, 4, 5});
  CHECK(order_of_block(0xffffffffffffffff, 0, 6) == Order{0, 2, 5, 4, 3, 1});
}

TEST_CASE("each of the six orders of three variants comes as often as the others") {
  std::map<Order, int> seen;
  for (std::size_t block = 0; block < 6000; ++block) ++seen[order_of_block(2026, block, 3)];
  REQUIRE(seen.size() == 6);
  for (const auto& [order, count] : seen) CHECK(std::abs(count - 1000) < 150);
}

TEST_CASE("shards have all blocks among them, none twice, and differ by one at most") {
  std::vector<int> taken(10);
  std::size_t fewest = 10;
  std::size_t most = 0;
  for (std::size_t number = 1; number <= 4; ++number) {
    const auto mine = shard(number, 4);
    REQUIRE(mine.has_value());
    const auto blocks = blocks_of(*mine, taken.size());
    for (const std::size_t block : blocks) {
      ++taken[block];
      CHECK(takes(*mine, block));
    }
    fewest = std::min(fewest, blocks.size());
    most = std::max(most, blocks.size());
  }
  CHECK(taken == std::vector<int>(10, 1));
  CHECK(most - fewest <= 1);
  CHECK(blocks_of(Shard{}, 3) == Order{0, 1, 2});
  CHECK(blocks_of(Shard{.number = 4, .of = 4}, 3).empty());
}

TEST_CASE("a shard that is none is refused") {
  CHECK_FALSE(shard(0, 4).has_value());
  CHECK_FALSE(shard(5, 4).has_value());
  CHECK_FALSE(shard(1, 0).has_value());
  CHECK(sentence(shard(5, 4).error()) == "there is no shard 5 of 4");
}

}  // namespace
}  // namespace slipway::compare
