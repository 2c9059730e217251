#include "core/compare/report/findings.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "core/compare/outcome/test_outcomes.hpp"

using namespace slipway::compare;

namespace {

Row row_of(const std::vector<Row>& rows, const std::string& name) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
  REQUIRE(found != rows.end());
  return *found;
}

bool has(const std::vector<std::string>& texts, const std::string& part) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const auto& text) { return text.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("rows begin with the baseline, end with the control, and have a verdict for every other variant") {
  const Outcome outcome = made_up_outcome();
  const auto rows = rows_of(outcome, find(outcome, "wall"));
  REQUIRE(rows.size() == outcome.variants.size());
  CHECK(rows.front().verdict == "baseline");
  CHECK(rows.back().verdict == "control");
  CHECK(row_of(rows, "rootfs=fs-copy network=net-loopback").verdict == "slower");
  CHECK(row_of(rows, "rootfs=fs-overlay network=net-none").verdict == "faster");
  CHECK(row_of(rows, "rootfs=fs-overlay network=net-none").ratio.front() == '-');
}

TEST_CASE("a measure that a variant does not have leaves it undecided and says why") {
  const Outcome outcome = made_up_outcome();
  const auto rows = rows_of(outcome, find(outcome, "stage.rootfs"));
  CHECK(row_of(rows, "bwrap").verdict == "undecided");
  CHECK(row_of(rows, "bwrap").why == "it has no such figure");
  CHECK(row_of(rows, "bwrap").median == "-");
}

TEST_CASE("a variant that may not be compared gets no verdict and takes part in nothing") {
  Outcome outcome = made_up_outcome();
  outcome.variants[1].not_comparable = "its output differs";
  const auto findings = find(outcome, "wall");
  const auto row = row_of(rows_of(outcome, findings), "rootfs=fs-overlay network=net-none");
  CHECK(row.verdict == "not comparable");
  CHECK(row.why == "its output differs");
  CHECK(row.median == "-");
}

TEST_CASE("failed runs are counted in their row") {
  Outcome outcome = made_up_outcome();
  for (Run& run : outcome.runs) {
    if (run.variant == 6 && run.block < 3) run.failure = "exit status 1";
  }
  const auto row = row_of(rows_of(outcome, find(outcome, "wall")), "bwrap");
  CHECK(row.failed == "3");
  CHECK(row.runs == "37");
}

TEST_CASE("remarks tell the noise, and tails that there are too few runs for") {
  const Outcome outcome = made_up_outcome();
  const auto remarks = remarks_of(find(outcome, "wall"));
  CHECK(has(remarks, "Noise: the baseline differs from itself by up to"));
  CHECK(has(remarks, "p95 takes 59"));
  CHECK(has(remarks_of(find(small_outcome(), "wall")), "The noise is not known"));
}

TEST_CASE("an interaction that was put in is found, and effects are called by their levels") {
  const Outcome outcome = made_up_outcome();
  const auto findings = find(outcome, "wall");
  const auto named = [&](const std::string& name) {
    const auto found = std::find_if(findings.effects.begin(), findings.effects.end(),
                                    [&](const Effect& effect) { return effect_name(outcome, effect) == name; });
    REQUIRE(found != findings.effects.end());
    return *found;
  };
  CHECK(named("rootfs=fs-copy").median > 5);
  CHECK(named("rootfs=fs-copy with network=net-none").interval->high < -0.5);
}

TEST_CASE("an outcome of no run has findings too") {
  const Outcome outcome = small_outcome();
  CHECK(find_all(outcome).empty());
  CHECK(rows_of(outcome, find(outcome, "wall")).size() == 3);
}
