#include "core/compare/report/diff.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "core/compare/outcome/test_outcomes.hpp"

using namespace slipway;
using namespace slipway::compare;

namespace {

constexpr double kBound = 0.05;
const std::string kCopy = "rootfs=fs-copy network=net-none";

/// The same experiment once more, with one variant's times multiplied.
Outcome another(double factor, std::size_t variant = 3) {
  Outcome outcome = made_up_outcome({.seed = 77});
  for (Run& run : outcome.runs) {
    if (run.variant == variant) run.figures["wall"] *= factor;
  }
  return outcome;
}

ChangeOfOne change_of(const OutcomeDiff& diff, const std::string& variant, const std::string& measure = "wall") {
  const auto found = std::find_if(diff.changes.begin(), diff.changes.end(), [&](const ChangeOfOne& row) {
    return row.variant == variant && row.measure == measure;
  });
  REQUIRE(found != diff.changes.end());
  return *found;
}

}  // namespace

TEST_CASE("a variant that became slower past the bound is a regression, and no other is") {
  const auto found = diff(made_up_outcome(), another(1.5), kBound);
  REQUIRE(found);
  CHECK(found->has_regression());
  CHECK(change_of(*found, kCopy).change == Change::more);
  CHECK(std::count_if(found->changes.begin(), found->changes.end(), [](const auto& row) { return row.regression; }) ==
        1);
  CHECK(change_of(*found, kCopy).shift->middle == Approx(1.5).epsilon(0.1));
  CHECK_THAT(to_text(*found), Catch::Contains("slower: a regression"));
  const auto json = nlohmann::json::parse(to_json(*found));
  CHECK(json.at("regression") == true);
  CHECK(json.at("changes").size() == 7 * 3);
}

TEST_CASE("a change is told and is no regression where it is for the better, or within the bound that was asked for") {
  auto found = diff(made_up_outcome(), another(0.5), kBound);
  REQUIRE(found);
  CHECK(!found->has_regression());
  CHECK(change_of(*found, kCopy).change == Change::less);
  found = diff(made_up_outcome(), another(1.5), 0.8);
  REQUIRE(found);
  CHECK(!found->has_regression());
}

TEST_CASE("a result held beside itself has changed in nothing") {
  const Outcome outcome = made_up_outcome();
  const auto found = diff(outcome, outcome, 0.2);
  REQUIRE(found);
  for (const ChangeOfOne& row : found->changes) {
    CAPTURE(row.variant, row.measure);
    CHECK(row.change == Change::same);
  }
  CHECK(found->surroundings.empty());
  CHECK(found->variants.empty());
}

TEST_CASE("a variant that fails in every run of the second result is a regression") {
  Outcome second = another(1);
  for (Run& run : second.runs) {
    if (run.variant == 3) run.failure = "exit status 1";
  }
  const auto found = diff(made_up_outcome(), second, kBound);
  REQUIRE(found);
  CHECK(change_of(*found, kCopy).change == Change::failing);
  CHECK(change_of(*found, kCopy).failed_second == 40);
  CHECK(found->has_regression());
}

TEST_CASE("too few runs decide nothing") {
  const auto found = diff(made_up_outcome(), made_up_outcome({.blocks = 5, .seed = 3}), kBound);
  REQUIRE(found);
  CHECK(change_of(*found, kCopy).change == Change::none_found);
  CHECK_THAT(to_text(*found), Catch::Contains("undecided: too few runs"));
}

TEST_CASE("of a value without a unit more may be better, so it is no regression") {
  Outcome first = made_up_outcome(), second = another(1.5);
  for (Outcome* outcome : {&first, &second}) {
    outcome->question.measures = {"value.requests"};
    for (Run& run : outcome->runs) run.figures["value.requests"] = run.figures["wall"];
  }
  const auto found = diff(first, second, kBound);
  REQUIRE(found);
  CHECK(change_of(*found, kCopy, "value.requests").change == Change::more);
  CHECK(!found->has_regression());
}

TEST_CASE("figures of which some are 0 are compared by their difference") {
  Outcome first = made_up_outcome(), second = another(1.5);
  for (Outcome* outcome : {&first, &second}) {
    outcome->question.measures = {"major_faults"};
    for (Run& run : outcome->runs)
      run.figures["major_faults"] = outcome == &second && run.variant == 3 ? 12 : static_cast<double>(run.block % 3);
  }
  const auto found = diff(first, second, kBound);
  REQUIRE(found);
  const auto row = change_of(*found, kCopy, "major_faults");
  CHECK(!row.by_ratio);
  CHECK(row.shift->middle == Approx(11));
  CHECK(row.regression);
}

TEST_CASE("what differs beside the figures is told: host, digests, pipelines, variants") {
  Outcome second = another(1);
  second.hosts[0].facts["kernel"] = "6.5";
  second.slipway = "1.1.0";
  second.variants[3].digests["image"] = "sha256:99";
  second.variants[3].pipeline.replace(second.variants[3].pipeline.find("exec-process"), 12, "exec-another");
  second.variants[6].variant.name = "crun";
  const auto found = diff(made_up_outcome(), second, kBound);
  REQUIRE(found);
  const std::string text = to_text(*found);
  for (const char* part : {"kernel: 6.1.0-18-amd64 and 6.5", "slipway that measured: 1.0.0 and 1.1.0",
                           "image: sha256:11 and sha256:99", "-     \"use\": \"exec-process\"",
                           "+     \"use\": \"exec-another\"", "only in the first: bwrap", "only in the second: crun"}) {
    CAPTURE(part);
    CHECK_THAT(text, Catch::Contains(part));
  }
}

TEST_CASE("results without a variant in common are refused") {
  Outcome second = another(1);
  for (RunVariant& variant : second.variants) variant.variant.name += "!";
  const auto found = diff(made_up_outcome(), second, kBound);
  REQUIRE(!found);
  CHECK_THAT(sentence(found.error()), Catch::Contains("they have no variant in common"));
}

TEST_CASE("lines in common are found between what was taken out and put in") {
  const auto lines = line_diff("a\nb\nc\nd\n", "a\nx\nc\nd\ne");
  std::string signs;
  for (const DiffLine& line : lines) signs += line.side == Side::both ? "=" : line.side == Side::first ? "-" : "+";
  CHECK(signs == "=-+==+");
  CHECK(!has_differences(line_diff("a\nb", "a\nb\n")));
  CHECK(line_diff("", "").empty());
}
