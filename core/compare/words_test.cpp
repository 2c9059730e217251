#include "core/compare/words.hpp"

#include <catch2/catch.hpp>

namespace slipway::compare {
namespace {

TEST_CASE("the four verdicts have four words") {
  CHECK(verdict_words(Verdict::faster, 0.01) == "faster");
  CHECK(verdict_words(Verdict::slower, 0.01) == "slower");
  CHECK(verdict_words(Verdict::same, 0.01) == "same within 1 %");
  CHECK(verdict_words(Verdict::same, 0.0025) == "same within 0.25 %");
  CHECK(verdict_words(Verdict::undecided, 0.01) == "undecided");
}

TEST_CASE("an undecided one says why, and how many more blocks it would take") {
  const auto words = [](Reason reason, std::optional<std::size_t> blocks) {
    return undecided_words({.verdict = Verdict::undecided, .reason = reason, .more_blocks = blocks});
  };
  CHECK(words(Reason::few_blocks, 1) == "too few blocks for an interval; about 1 more block");
  CHECK(words(Reason::within_noise, 99) == "the difference is not larger than the noise; about 99 more blocks");
  CHECK(words(Reason::interval_too_wide, 1234) == "a difference and none are both possible; about 1300 more blocks");
  CHECK(words(Reason::noise_above_bound, std::nullopt) ==
        "the noise is larger than what is to count as the same; more blocks would hardly help");
  CHECK(words(Reason::no_control, std::nullopt) == "the control has too few runs, so the noise is not known");
  CHECK(undecided_words({.verdict = Verdict::same}).empty());
}

}  // namespace
}  // namespace slipway::compare
