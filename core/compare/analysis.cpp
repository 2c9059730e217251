#include "core/compare/analysis.hpp"

#include <algorithm>
#include <cmath>

#include "core/compare/statistics/dominance.hpp"
#include "core/compare/statistics/holm.hpp"
#include "core/compare/statistics/pairs.hpp"

namespace slipway::compare {
namespace {

std::span<const double> from(const std::vector<double>& figures, std::size_t first) {
  return std::span(figures).subspan(std::min(first, figures.size()));
}

bool ran(const std::vector<double>& figures) {
  return std::any_of(figures.begin(), figures.end(), [](double figure) { return std::isfinite(figure); });
}

/// All of a comparison but what the other comparisons and the control have a say in.
Comparison compare_pairs(const Pairs& pairs, std::size_t variant, const Asked& asked) {
  const std::vector<double> apart = differences(pairs);
  const Ratios quotients = ratios(pairs);
  Comparison found{.variant = variant,
                   .pairs = apart.size(),
                   .left_out = pairs.left_out,
                   .difference = median(apart),
                   .difference_interval = median_interval(apart, asked.confidence),
                   .ratio_interval = median_interval(quotients.values, asked.confidence),
                   .ratios_left_out = quotients.left_out,
                   .delta = cliffs_delta(pairs.variant, pairs.baseline),
                   .by_ratio = quotients.left_out == 0};
  if (!quotients.values.empty()) found.ratio = median(quotients.values);
  if (!apart.empty()) {
    const SignFlip test = sign_flip_test(signed_ranks(apart), asked.flips);
    found.p = test.p;
    found.p_exact = test.exact;
  }
  return found;
}

std::optional<Interval> less_one(std::optional<Interval> ratio) {
  if (ratio) {
    ratio->low -= 1;
    ratio->high -= 1;
  }
  return ratio;
}

/// The comparison on the scale that its verdict is of.
Evidence evidence_of(const Comparison& comparison) {
  Evidence evidence{.p = comparison.p_adjusted, .blocks = comparison.pairs};
  if (comparison.by_ratio) {
    evidence.difference = comparison.ratio.value_or(1) - 1;
    evidence.interval = less_one(comparison.ratio_interval);
  } else {
    evidence.difference = comparison.difference;
    evidence.interval = comparison.difference_interval;
  }
  return evidence;
}

void adjust_for_each_other(std::vector<Comparison>& comparisons) {
  std::vector<double> p_values;
  p_values.reserve(comparisons.size());
  for (const Comparison& comparison : comparisons) p_values.push_back(comparison.p);
  const std::vector<double> adjusted = holm(p_values);
  for (std::size_t i = 0; i < comparisons.size(); ++i) comparisons[i].p_adjusted = adjusted[i];
}

void decide_all(Analysis& analysis, double baseline_median, const Asked& asked) {
  const auto tested = std::count_if(analysis.comparisons.begin(), analysis.comparisons.end(),
                                    [](const Comparison& comparison) { return !std::isnan(comparison.p); });
  Bounds bounds{.level = asked.level,
                .confidence = asked.confidence,
                .comparisons = static_cast<std::size_t>(tested),
                .power = asked.power};
  for (Comparison& comparison : analysis.comparisons) {
    // The control's noise has to be on the same scale.
    comparison.by_ratio = comparison.by_ratio && analysis.control.by_ratio;
    bounds.noise_floor = comparison.by_ratio ? analysis.noise_floor : analysis.noise_floor_difference;
    bounds.same_within = comparison.by_ratio ? asked.same_within : asked.same_within * std::abs(baseline_median);
    comparison.decision = decide(evidence_of(comparison), bounds);
  }
}

}  // namespace

Begin find_begin(const Figures& figures, double level) {
  std::vector<const std::vector<double>*> variants;
  std::size_t blocks = 0;
  for (const std::vector<double>& of_one : figures.of_variant) {
    if (!ran(of_one)) continue;
    variants.push_back(&of_one);
    blocks = std::max(blocks, of_one.size());
  }
  std::vector<double> levels;
  std::vector<std::size_t> complete;
  for (std::size_t block = 0; block < blocks; ++block) {
    std::vector<double> row;
    for (const std::vector<double>* of_one : variants) {
      if (block < of_one->size() && std::isfinite((*of_one)[block])) row.push_back((*of_one)[block]);
    }
    if (row.size() != variants.size()) continue;
    levels.push_back(median(row));
    complete.push_back(block);
  }
  Begin begin{.warm_up = find_warm_up(levels, level)};
  if (begin.warm_up.figures > 0) begin.first_block = complete[begin.warm_up.figures - 1] + 1;
  return begin;
}

Analysis analyse(const Figures& figures, const Asked& asked) {
  const Begin begin = find_begin(figures, asked.level);
  Analysis analysis{.warm_up = begin.warm_up, .first_block = begin.first_block};
  for (const std::vector<double>& of_one : figures.of_variant) {
    analysis.summaries.push_back(summarise(from(of_one, begin.first_block)));
    analysis.outliers.push_back(outliers(from(of_one, begin.first_block)));
    for (Outlier& outlier : analysis.outliers.back()) outlier.position += begin.first_block;
  }
  const auto baseline = from(figures.of_variant[figures.baseline], begin.first_block);
  for (std::size_t variant = 0; variant < figures.of_variant.size(); ++variant) {
    if (variant == figures.baseline) continue;
    const Pairs pairs = pair_up(baseline, from(figures.of_variant[variant], begin.first_block));
    Comparison comparison = compare_pairs(pairs, variant, asked);
    if (variant == figures.control) {
      analysis.control = comparison;
    } else {
      analysis.comparisons.push_back(comparison);
    }
  }
  const Comparison& control = analysis.control;
  analysis.noise_floor = noise_floor(less_one(control.ratio_interval), control.pairs, asked.confidence);
  analysis.noise_floor_difference = noise_floor(control.difference_interval, control.pairs, asked.confidence);
  adjust_for_each_other(analysis.comparisons);
  decide_all(analysis, analysis.summaries[figures.baseline].median, asked);
  return analysis;
}

double precision_of(const Figures& figures, double confidence) {
  const std::vector<double>& baseline = figures.of_variant[figures.baseline];
  double widest = ran(baseline) ? 0 : std::numeric_limits<double>::infinity();
  for (std::size_t variant = 0; variant < figures.of_variant.size(); ++variant) {
    if (variant == figures.baseline || !ran(figures.of_variant[variant])) continue;
    const Pairs pairs = pair_up(baseline, figures.of_variant[variant]);
    if (pairs.baseline.size() < fewest_figures(confidence)) return std::numeric_limits<double>::infinity();
    const Ratios quotients = ratios(pairs);
    const bool by_ratio = quotients.left_out == 0;
    const auto interval = median_interval(by_ratio ? quotients.values : differences(pairs), confidence);
    widest = std::max(widest, relative_half_width(*interval, by_ratio ? 1.0 : median(pairs.baseline)));
  }
  return widest;
}

}  // namespace slipway::compare
