#include "core/compare/outcome/merge.hpp"

#include <catch2/catch.hpp>
#include <functional>

#include "core/compare/outcome/test_outcomes.hpp"

using namespace slipway;
using namespace slipway::compare;

namespace {

Outcome with_blocks(const std::vector<std::size_t>& blocks, double wall) {
  Outcome outcome = small_outcome();
  for (const std::size_t block : blocks) add_block(outcome, block, {wall, wall + 1, wall + 2});
  return outcome;
}

}  // namespace

TEST_CASE("shards become one result with the blocks' own numbers and every host") {
  Outcome second = with_blocks({1, 3}, 7);
  second.hosts[0].facts["kernel"] = "6.5";
  second.notes.emplace_back("another note");
  second.begun = "2031-05-17T08:00:00Z";
  const auto whole = merge(std::vector<NamedOutcome>{{"a", with_blocks({0, 2}, 4)}, {"b", second}});
  REQUIRE(whole);
  CHECK(figures_of(*whole, "wall").blocks == std::vector<std::size_t>{0, 1, 2, 3});
  CHECK(figures_of(*whole, "wall").of_variant[0] == std::vector<double>{4, 7, 4, 7});
  REQUIRE(whole->hosts.size() == 2);
  CHECK(whole->hosts[whole->runs.back().host].facts.at("kernel") == "6.5");
  CHECK(whole->notes.size() == 2);
  CHECK(whole->begun == "2031-05-17T08:00:00Z");
}

TEST_CASE("the same blocks of two hosts are both kept, in turn") {
  const auto whole = merge(std::vector<NamedOutcome>{{"a", with_blocks({0, 1}, 4)}, {"b", with_blocks({0, 1}, 7)}});
  REQUIRE(whole);
  CHECK(figures_of(*whole, "wall").of_variant[0] == std::vector<double>{4, 7, 4, 7});
}

TEST_CASE("a part that was interrupted makes the whole interrupted, and what one cannot compare none can") {
  Outcome second = with_blocks({1}, 7);
  second.ended = Ended::interrupted;
  second.variants[1].not_comparable = "its output differs";
  const auto whole = merge(std::vector<NamedOutcome>{{"a", with_blocks({0}, 4)}, {"b", second}});
  REQUIRE(whole);
  CHECK(whole->ended == Ended::interrupted);
  CHECK(whole->variants[1].not_comparable == "its output differs");
}

TEST_CASE("results of different experiments are refused by what differs") {
  struct Row {
    std::function<void(Outcome&)> change;
    const char* told;
  };
  const std::vector<Row> rows = {
      {[](Outcome& outcome) { outcome.slipway = "2.0"; }, "slipway 1.0.0 and 2.0 measured"},
      {[](Outcome& outcome) { outcome.seed = 7; }, "the seed is 18446744073709551615 and 7"},
      {[](Outcome& outcome) { outcome.factors[0].levels[1] = "fs-other"; }, "the factors are not the same"},
      {[](Outcome& outcome) { outcome.variants.push_back(outcome.variants[0]); }, "one has 3 variants, the other 4"},
      {[](Outcome& outcome) { outcome.variants[1].variant.name = "x"; },
       "variant \"rootfs=fs-copy\" is \"x\" in the other"},
      {[](Outcome& outcome) { outcome.variants[1].command.pop_back(); }, "\"rootfs=fs-copy\" has another command"},
      {[](Outcome& outcome) { outcome.variants[0].pipeline = "{}"; }, "\"rootfs=fs-overlay\" has another pipeline"},
      {[](Outcome& outcome) { outcome.variants[0].digests["image"] = "sha256:33"; }, "the image or a plugin"},
      {[](Outcome& outcome) { outcome.question.level = 0.01; }, "the question is not the same"},
      {[](Outcome& outcome) { outcome.experiment = "{}"; }, "the experiment's text is not the same"}};
  for (const Row& row : rows) {
    CAPTURE(row.told);
    Outcome second = with_blocks({1}, 7);
    row.change(second);
    const auto whole = merge(std::vector<NamedOutcome>{{"a.json", with_blocks({0}, 4)}, {"b.json", second}});
    REQUIRE(!whole);
    CHECK_THAT(sentence(whole.error()),
               Catch::StartsWith("merge results: a.json and b.json are of different experiments: ") &&
                   Catch::Contains(row.told));
  }
}

TEST_CASE("a result that is named twice is refused, and so is nothing at all") {
  const auto twice = merge(std::vector<NamedOutcome>{{"a", with_blocks({0}, 4)}, {"b", with_blocks({0}, 4)}});
  REQUIRE(!twice);
  CHECK(sentence(twice.error()) == "merge results: a and b hold the same runs");
  CHECK(!merge({}));
}
