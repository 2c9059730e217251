#include "core/compare/analysis.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/compare/test_noise.hpp"

namespace slipway::compare {
namespace {

const double kFailed = std::nan("");

TEST_CASE("a variant that takes a fifth less is faster, one that takes a tenth more slower, a twin the same") {
  const Figures figures = make_up({.blocks = 60, .factors = {1, 0.8, 1.1, 1}, .spread = 0.01}, 1);
  const Analysis analysis = analyse(figures, {.same_within = 0.02});
  REQUIRE(analysis.comparisons.size() == 3);
  CHECK(analysis.comparisons[0].variant == 1);
  CHECK(analysis.comparisons[0].decision.verdict == Verdict::faster);
  CHECK(*analysis.comparisons[0].ratio == Approx(0.8).epsilon(0.01));
  CHECK(analysis.comparisons[0].ratio_interval->low < 0.8);
  CHECK(analysis.comparisons[0].ratio_interval->high > 0.79);
  CHECK(analysis.comparisons[0].difference < 0);
  CHECK(*analysis.comparisons[0].delta < 0);
  CHECK(analysis.comparisons[1].decision.verdict == Verdict::slower);
  CHECK(analysis.comparisons[2].decision.verdict == Verdict::same);
  CHECK(analysis.noise_floor < 0.02);
  CHECK(analysis.summaries.size() == 5);
  CHECK(analysis.summaries[1].median < analysis.summaries[0].median);
}

TEST_CASE("p-values are adjusted for each other, and the control's is not among them") {
  const Analysis analysis = analyse(make_up({.factors = {1, 0.5, 1, 1}}, 2), {});
  const Comparison& first = analysis.comparisons[0];
  CHECK(first.p_exact);
  CHECK(first.p_adjusted == Approx(3 * first.p));
  CHECK(std::isnan(analysis.control.p_adjusted));
  CHECK(analysis.control.variant == 4);
}

TEST_CASE("a noisy baseline takes its verdict from a difference below the noise") {
  Figures figures;
  for (int block = 0; block < 40; ++block) {
    const double wobble = block % 4 * 0.01;
    figures.of_variant.resize(3);
    figures.of_variant[0].push_back(10 + wobble);
    figures.of_variant[1].push_back(10.3 + wobble);
    figures.of_variant[2].push_back(10.5 - wobble);  // the control
  }
  figures.control = 2;
  const Analysis analysis = analyse(figures, {});
  CHECK(analysis.noise_floor > 0.04);
  CHECK(analysis.comparisons[0].p < 0.001);
  CHECK(analysis.comparisons[0].decision.verdict == Verdict::undecided);
  CHECK(analysis.comparisons[0].decision.reason == Reason::within_noise);
}

TEST_CASE("failed runs are counted where they are missing, and the other variants go on") {
  Figures figures = make_up({.blocks = 30, .factors = {1, 0.5, 0.5}, .spread = 0.01}, 3);
  figures.of_variant[0][4] = kFailed;
  figures.of_variant[1][7] = kFailed;
  figures.of_variant[2].assign(30, kFailed);
  const Analysis analysis = analyse(figures, {});
  CHECK(analysis.comparisons[0].left_out == 2);
  CHECK(analysis.comparisons[0].pairs == 28);
  CHECK(analysis.comparisons[0].decision.verdict == Verdict::faster);
  CHECK(analysis.summaries[1].left_out == 1);
  CHECK(analysis.comparisons[1].pairs == 0);
  CHECK(std::isnan(analysis.comparisons[1].p));
  CHECK_FALSE(analysis.comparisons[1].delta.has_value());
  CHECK(analysis.comparisons[1].decision.reason == Reason::few_blocks);
  // Nobody pays for the test that could not be made.
  CHECK(analysis.comparisons[0].p_adjusted == analysis.comparisons[0].p);
  CHECK(precision_of(figures, 0.95) < 1);
}

TEST_CASE("where a baseline's figure is 0 the verdict is of differences") {
  Figures figures{.of_variant = std::vector<std::vector<double>>(4), .baseline = 0, .control = 3};
  for (int block = 0; block < 20; ++block) {
    figures.of_variant[0].push_back(0);
    figures.of_variant[1].push_back(0);
    figures.of_variant[2].push_back(5 + block % 3);
    figures.of_variant[3].push_back(0);
  }
  const Analysis analysis = analyse(figures, {});
  CHECK_FALSE(analysis.comparisons[0].by_ratio);
  CHECK_FALSE(analysis.comparisons[0].ratio.has_value());
  CHECK(analysis.comparisons[0].ratios_left_out == 20);
  CHECK(analysis.comparisons[0].decision.verdict == Verdict::same);
  CHECK(analysis.comparisons[1].decision.verdict == Verdict::slower);
  CHECK(analysis.comparisons[1].difference == 6);
  CHECK(std::isinf(precision_of(figures, 0.95)));
}

TEST_CASE("warm-up is left out of everything that follows, for all variants alike") {
  Figures figures = make_up({.blocks = 60, .factors = {1, 1}, .spread = 0.01, .block_spread = 0.01}, 8);
  for (auto& of_one : figures.of_variant) {
    for (std::size_t block = 0; block < 15; ++block) of_one[block] *= 2;
  }
  figures.of_variant[1][50] *= 30;
  const Analysis analysis = analyse(figures, {});
  // The change is found where it is or a little later, where a figure is above the middle by chance.
  CHECK(analysis.first_block >= 15);
  CHECK(analysis.first_block <= 20);
  const std::size_t left = 60 - analysis.first_block;
  for (const Summary& summary : analysis.summaries) CHECK(summary.count == left);
  CHECK(analysis.comparisons[0].pairs == left);
  CHECK(analysis.outliers[1].back().position == 50);
}

TEST_CASE("blocks in which a run failed say nothing of the warm-up, and move it by none") {
  Figures figures = make_up({.blocks = 60, .factors = {1, 1}, .spread = 0.01, .block_spread = 0.01}, 8);
  for (auto& of_one : figures.of_variant) {
    for (std::size_t block = 0; block < 15; ++block) of_one[block] *= 2;
  }
  const Begin begin = find_begin(figures, 0.05);
  figures.of_variant[1][3] = kFailed;
  CHECK(find_begin(figures, 0.05).first_block == begin.first_block);
  CHECK(find_begin(figures, 0.05).warm_up.figures == begin.warm_up.figures - 1);
}

TEST_CASE("no figures, one block and no control have no verdict and no crash") {
  const Figures none{.of_variant = {{}, {}, {}}, .baseline = 0, .control = 2};
  CHECK(analyse(none, {}).comparisons[0].decision.reason == Reason::few_blocks);
  CHECK(std::isinf(precision_of(none, 0.95)));
  const Figures one{.of_variant = {{1}, {2}, {1}}, .baseline = 0, .control = 2};
  const Analysis analysis = analyse(one, {});
  CHECK(analysis.comparisons[0].decision.verdict == Verdict::undecided);
  CHECK(analysis.comparisons[0].decision.more_blocks == 5U);
  CHECK(analysis.comparisons[0].p == 1);
  CHECK(std::isinf(analysis.noise_floor));
  Figures without = make_up({.blocks = 30, .factors = {1, 0.5}}, 5);
  without.of_variant[2].assign(30, kFailed);
  CHECK(analyse(without, {}).comparisons[0].decision.reason == Reason::no_control);
}

TEST_CASE("all equal figures are the same") {
  const Figures figures{
      .of_variant = std::vector<std::vector<double>>(3, std::vector<double>(20, 4.5)), .baseline = 0, .control = 2};
  const Analysis analysis = analyse(figures, {.same_within = 0});
  CHECK(analysis.comparisons[0].decision.verdict == Verdict::same);
  CHECK(analysis.noise_floor == 0);
  CHECK(precision_of(figures, 0.95) == 0);
}

TEST_CASE("precision is that of the widest interval, and narrows with more blocks") {
  const double few = precision_of(make_up({.blocks = 20}, 6), 0.95);
  const double many = precision_of(make_up({.blocks = 500}, 6), 0.95);
  CHECK(many < few);
  CHECK(many == Approx(0.0080).margin(0.002));  // 1.96 · 1.2533 · 0.0707 / √500
  CHECK(std::isinf(precision_of(make_up({.blocks = 5}, 6), 0.95)));
}

TEST_CASE("a hundred thousand blocks are analysed") {
#ifdef SLIPWAY_SANITIZED
  constexpr std::size_t kBlocks = 50'000;
#else
  constexpr std::size_t kBlocks = 100'000;
#endif
  Random random(7, 0);
  Figures figures{.of_variant = std::vector<std::vector<double>>(3), .baseline = 0, .control = 2};
  for (std::size_t variant = 0; variant < 3; ++variant) {
    for (std::size_t block = 0; block < kBlocks; ++block) {
      figures.of_variant[variant].push_back((variant == 1 ? 1.001 : 1.0) * (10 + random.between_0_and_1()));
    }
  }
  const Analysis analysis = analyse(figures, {.same_within = 0.0001});
  CHECK(analysis.comparisons[0].pairs + analysis.first_block == kBlocks);
#ifndef SLIPWAY_SANITIZED
  CHECK(analysis.comparisons[0].decision.verdict == Verdict::slower);
#endif
}

}  // namespace
}  // namespace slipway::compare
