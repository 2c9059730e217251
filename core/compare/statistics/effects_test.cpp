#include "core/compare/statistics/effects.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

namespace slipway::compare {
namespace {

using Levels = std::vector<std::vector<std::size_t>>;
using Table = std::vector<std::vector<double>>;

double mean(const std::vector<double>& figures) {
  return std::accumulate(figures.begin(), figures.end(), 0.0) / static_cast<double>(figures.size());
}

const Levels kTwoByTwo = {{0, 0}, {1, 0}, {0, 1}, {1, 1}};
// D. C. Montgomery, "Design and Analysis of Experiments", 8th edition, section 6.2: yield of a chemical process by the
// reactant's concentration (A) and the amount of the catalyst (B), three replicates.
const Table kYield = {{28, 25, 27}, {36, 32, 32}, {18, 19, 23}, {31, 30, 29}};
const std::vector<std::size_t> kReference = {0, 0};

TEST_CASE("a chemical process has the published effects") {
  const auto effects = effects_of({kTwoByTwo, kYield, kReference}, 0.95);
  REQUIRE(effects.size() == 3);
  CHECK(effects[0].terms.size() == 1);
  CHECK(effects[0].terms[0].factor == 0);
  CHECK(mean(effects[0].by_block) == Approx(8.33).margin(0.005));   // A
  CHECK(mean(effects[1].by_block) == Approx(-5.00).margin(0.005));  // B
  CHECK(effects[2].terms.size() == 2);
  CHECK(mean(effects[2].by_block) == Approx(2 * 1.67).margin(0.01));  // AB, not halved
  CHECK(effects[0].combinations == 2);
  CHECK(effects[2].combinations == 1);
  CHECK(effects[0].median == 9);  // of 10.5, 9 and 5.5
  CHECK(effects[0].interval->low == 5.5);
  CHECK(effects[0].interval->high == 10.5);
  CHECK(effects[0].interval->coverage == 0.75);
}

TEST_CASE("what a whole block is slower by changes no effect") {
  Table shifted = kYield;
  for (auto& figures : shifted) {
    figures[0] += 100;
    figures[2] -= 7;
  }
  const auto before = effects_of({kTwoByTwo, kYield, kReference}, 0.95);
  const auto after = effects_of({kTwoByTwo, shifted, kReference}, 0.95);
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(before[i].by_block == after[i].by_block);
}

TEST_CASE("effects are of each level against the baseline's, which need not be the first") {
  // 10 + 5 for the second level of three + 20 for the other factor, without an interaction.
  const Levels levels = {{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 0}, {2, 1}};
  const Table figures = {{10}, {30}, {15}, {35}, {10}, {30}};
  const std::vector<std::size_t> reference = {1, 0};
  const auto effects = effects_of({levels, figures, reference}, 0.95);
  REQUIRE(effects.size() == 5);  // two levels, one level, two interactions
  CHECK(effects[0].median == -5);
  CHECK(effects[0].terms[0].level == 0);
  CHECK(effects[1].terms[0].level == 2);
  CHECK(effects[2].median == 20);
  CHECK(effects[3].median == 0);
  CHECK(effects[4].median == 0);
}

TEST_CASE("excluded combinations leave matched pairs, and what has none is not told") {
  const Levels levels = {{0, 0}, {1, 0}, {0, 1}};
  const Table figures = {{10, 20}, {13, 23}, {15, 26}};
  const auto effects = effects_of({levels, figures, kReference}, 0.95);
  REQUIRE(effects.size() == 2);  // no interaction
  CHECK(effects[0].median == 3);
  CHECK(effects[1].by_block == std::vector<double>{5, 6});
}

TEST_CASE("a failed run takes its block from the effects, and a variant that always fails only itself") {
  Table figures = kYield;
  figures[1][1] = NAN;
  auto effects = effects_of({kTwoByTwo, figures, kReference}, 0.95);
  CHECK(effects[0].left_out == 1);
  CHECK(effects[0].by_block.size() == 2);
  figures[3] = {NAN, NAN, NAN};
  effects = effects_of({kTwoByTwo, figures, kReference}, 0.95);
  REQUIRE(effects.size() == 2);
  CHECK(effects[1].left_out == 0);
  CHECK(effects[1].by_block == std::vector<double>{-10, -6, -4});
}

TEST_CASE("the control and named variants take no part, and without factors there are no effects") {
  const Levels levels = {{0, 0}, {1, 0}, {}, {0, 0}};
  const Table figures = {{10}, {12}, {99}, {77}};
  const auto effects = effects_of({levels, figures, kReference}, 0.95);
  REQUIRE(effects.size() == 1);
  CHECK(effects[0].median == 2);
  CHECK(effects_of({Levels{{}, {}}, Table{{1}, {2}}, {}}, 0.95).empty());
  CHECK(effects_of({Levels{}, Table{}, {}}, 0.95).empty());
}

}  // namespace
}  // namespace slipway::compare
