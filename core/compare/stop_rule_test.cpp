#include "core/compare/stop_rule.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

namespace slipway::compare {
namespace {

TEST_CASE("an experiment ends after whichever of rounds, time and precision comes first") {
  struct Row {
    std::string_view name;
    StopRule rule;
    Progress progress;
    Stop expected;
  };
  const Row rows[] = {
      {"too few rounds", {.rounds = 50}, {.rounds = 49}, Stop::not_yet},
      {"rounds enough", {.rounds = 50}, {.rounds = 50}, Stop::rounds},
      {"time left", {.time_s = 120}, {.rounds = 9, .time_s = 100, .longest_round_s = 15}, Stop::not_yet},
      {"no time for another round", {.time_s = 120}, {.rounds = 9, .time_s = 110, .longest_round_s = 15}, Stop::time},
      {"precise", {.rounds = 50, .precision = 0.01}, {.rounds = 20, .half_width = 0.009}, Stop::precision},
      {"not precise", {.rounds = 50, .precision = 0.01}, {.rounds = 20, .half_width = 0.02}, Stop::not_yet},
      {"precise by chance", {.rounds = 50, .precision = 0.01}, {.rounds = 9, .half_width = 0}, Stop::not_yet},
      {"never precise",
       {.rounds = 50, .precision = 0.01},
       {.rounds = 50, .half_width = std::numeric_limits<double>::infinity()},
       Stop::rounds},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(stop(row.rule, row.progress) == row.expected);
  }
}

TEST_CASE("a rule that never ends, or at once, is refused") {
  CHECK(check_stop_rule({.rounds = 1}).has_value());
  CHECK(check_stop_rule({.time_s = 0.5}).has_value());
  CHECK(check_stop_rule({.time_s = 60, .precision = 0.01}).has_value());
  const StopRule wrong[] = {{},
                            {.rounds = 0},
                            {.time_s = 0},
                            {.time_s = -1},
                            {.time_s = std::nan("")},
                            {.rounds = 5, .precision = 0},
                            {.rounds = 5, .precision = std::numeric_limits<double>::infinity()},
                            {.precision = 0.01}};
  for (const StopRule& rule : wrong) CHECK_FALSE(check_stop_rule(rule).has_value());
}

}  // namespace
}  // namespace slipway::compare
