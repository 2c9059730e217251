#include "core/compare/outcome/outcome.hpp"

#include <catch2/catch.hpp>

#include "core/compare/outcome/measures.hpp"
#include "core/compare/outcome/test_outcomes.hpp"

using namespace slipway::compare;

TEST_CASE("figures stand by variant and whole block, blocks in the order of their numbers") {
  Outcome outcome = small_outcome();
  add_block(outcome, 7, {1, 2, 3});
  add_block(outcome, 2, {4, 5, 6});
  const Table table = figures_of(outcome, "wall");
  REQUIRE(table.blocks == std::vector<std::size_t>{2, 7});
  REQUIRE(table.of_variant == std::vector<std::vector<double>>{{4, 1}, {5, 2}, {6, 3}});
  REQUIRE(whole_blocks(outcome) == 2);
}

TEST_CASE("a block that a variant is missing in counts for nothing") {
  Outcome outcome = small_outcome();
  add_block(outcome, 0, {1, 2, 3});
  add_block(outcome, 1, {1, 2});
  REQUIRE(figures_of(outcome, "wall").blocks == std::vector<std::size_t>{0});
  REQUIRE(whole_blocks(outcome) == 1);
}

TEST_CASE("a variant that may not be compared makes no block incomplete by not having run") {
  Outcome outcome = small_outcome();
  outcome.variants[2].not_comparable = "its output differs";
  add_block(outcome, 0, {1, 2});
  REQUIRE(whole_blocks(outcome) == 1);
  REQUIRE(std::isnan(figures_of(outcome, "wall").of_variant[2].front()));
}

TEST_CASE("a failed run, and one that lacks the measure, have no figure") {
  Outcome outcome = small_outcome();
  add_block(outcome, 0, {1, 2, 3});
  outcome.runs[0].failure = "exit status 1";
  outcome.runs[1].figures.clear();
  const Table table = figures_of(outcome, "wall");
  REQUIRE(std::isnan(table.of_variant[0].front()));
  REQUIRE(std::isnan(table.of_variant[1].front()));
  REQUIRE(table.of_variant[2].front() == 3);
}

TEST_CASE("measures are listed in the order of the table, families after it") {
  Outcome outcome = small_outcome();
  add_block(outcome, 0, {1, 2, 3});
  for (const char* name : {"value.requests", "step.mount.overlay.fs-overlay", "stage.rootfs", "stage.isolation",
                           "span.undo", "span.read", "system", "memory.child", "later_idea"})
    outcome.runs[0].figures[name] = 1;
  REQUIRE(measures_of(outcome) ==
          std::vector<std::string>{"wall", "system", "memory.child", "span.read", "span.undo", "stage.isolation",
                                   "stage.rootfs", "step.mount.overlay.fs-overlay", "value.requests", "later_idea"});
}

TEST_CASE("a measure is found by its name, of a family by what the family has") {
  struct Row {
    const char* name;
    const char* unit;
    bool known;
  };
  const auto row =
      GENERATE(Row{"wall", "ms", true}, Row{"memory.worker", "bytes", true}, Row{"read", "bytes", true},
               Row{"major_faults", "", true}, Row{"span.map_ids", "ms", true}, Row{"span.map ids", "", false},
               Row{"phase.confine", "ms", true}, Row{"stage.harden", "ms", true}, Row{"plugin.any-of-them", "ms", true},
               Row{"step.mount.bind.pseudo-standard", "ms", true}, Row{"value.x", "", true}, Row{"value.", "", false},
               Row{"value", "", false}, Row{"", "", false});
  CAPTURE(row.name);
  const auto measure = find_measure(row.name);
  REQUIRE(measure.has_value() == row.known);
  if (!row.known) return;
  CHECK(measure->name == row.name);
  CHECK(to_word(measure->unit) == row.unit);
  CHECK(!measure->meaning.empty());
}

TEST_CASE("a mistyped measure gets the nearest one") {
  REQUIRE(nearest_measure("wal") == "wall");
  REQUIRE(nearest_measure("memory.chidl") == "memory.child");
  REQUIRE(nearest_measure("stage.rotfs") == "stage.rootfs");
  REQUIRE(nearest_measure("qqqqqqqq").empty());
}
