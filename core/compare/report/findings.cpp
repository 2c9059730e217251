#include "core/compare/report/findings.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/compare/report/numbers.hpp"
#include "core/compare/words.hpp"

namespace slipway::compare {
namespace {

std::string count_in_words(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::size_t failed_runs(const Outcome& outcome, std::size_t variant) {
  return static_cast<std::size_t>(std::count_if(outcome.runs.begin(), outcome.runs.end(), [&](const Run& run) {
    return run.variant == variant && !run.failure.empty();
  }));
}

std::string tail_in_words(const Tail& tail, Unit unit) {
  return in_words(tail.value, unit) + (tail.enough || std::isnan(tail.value) ? "" : " *");
}

/// The comparison of a variant, the control's own among them; null of the baseline.
const Comparison* comparison_of(const Analysis& analysis, std::size_t variant) {
  if (analysis.control.variant == variant) return &analysis.control;
  const auto found = std::find_if(analysis.comparisons.begin(), analysis.comparisons.end(),
                                  [&](const Comparison& comparison) { return comparison.variant == variant; });
  return found == analysis.comparisons.end() ? nullptr : &*found;
}

void compare_in_row(Row& row, const Outcome& outcome, const Comparison& comparison, Unit unit) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  row.difference = difference_in_words(comparison.difference, unit);
  row.difference_interval = difference_in_words(comparison.difference_interval, unit);
  row.ratio = ratio_in_words(comparison.ratio.value_or(kNone));
  row.ratio_interval = ratio_in_words(comparison.ratio_interval);
  row.delta = comparison.delta ? difference_in_words(*comparison.delta, Unit::none) : "-";
  const bool is_control = comparison.variant == outcome.control;
  row.p = p_in_words(is_control ? comparison.p : comparison.p_adjusted);
  if (is_control) {
    row.verdict = "control";
  } else if (comparison.pairs == 0) {
    row.verdict = "undecided";
    // Another program has no steps to tell of; or its only runs were in blocks of which the baseline failed.
    row.why = row.runs == "0" ? "it has no such figure" : "no block in which both it and the baseline have one";
  } else {
    row.verdict = verdict_in_words(comparison.decision.verdict, outcome.question.same_within, unit);
    row.why = undecided_words(comparison.decision);
  }
}

Row row_of(const Outcome& outcome, const Findings& findings, std::size_t variant) {
  const Summary& summary = findings.analysis.summaries[variant];
  const Unit unit = findings.unit;
  Row row{.variant = variant, .name = outcome.variants[variant].variant.name};
  row.runs = std::to_string(summary.count);
  row.failed = std::to_string(failed_runs(outcome, variant));
  row.median = in_words(summary.median, unit);
  row.quartiles = summary.count == 0 ? "-" : span_in_words(summary.lower_quartile, summary.upper_quartile, unit);
  row.p95 = tail_in_words(summary.p95, unit);
  row.p99 = tail_in_words(summary.p99, unit);
  row.difference = row.difference_interval = row.ratio = row.ratio_interval = row.p = row.delta = "-";
  const std::string& differs = outcome.variants[variant].not_comparable;
  if (variant == outcome.baseline) {
    row.verdict = "baseline";
  } else if (!differs.empty()) {
    row.verdict = "not comparable";
    row.why = differs;
  } else if (const Comparison* const comparison = comparison_of(findings.analysis, variant)) {
    compare_in_row(row, outcome, *comparison, unit);
  }
  return row;
}

std::string end_in_words(Ended ended) {
  switch (ended) {
    case Ended::not_yet:
      return "not at its end";
    case Ended::rounds:
      return "ended after the rounds asked for";
    case Ended::time:
      return "ended after the time asked for";
    case Ended::precision:
      return "ended at the precision asked for";
    case Ended::interrupted:
      return "interrupted";
  }
  return "";
}

}  // namespace

Findings find(const Outcome& outcome, const std::string& measure) {
  Table table = figures_of(outcome, measure);
  Findings findings{.measure = measure, .blocks = std::move(table.blocks), .of_variant = std::move(table.of_variant)};
  if (const auto known = find_measure(measure)) findings.unit = known->unit;
  for (std::size_t variant = 0; variant < outcome.variants.size(); ++variant) {
    if (outcome.variants[variant].not_comparable.empty()) continue;
    std::fill(findings.of_variant[variant].begin(), findings.of_variant[variant].end(),
              std::numeric_limits<double>::quiet_NaN());
  }
  const Question& question = outcome.question;
  findings.analysis =
      analyse({.of_variant = findings.of_variant, .baseline = outcome.baseline, .control = outcome.control},
              {.level = question.level,
               .confidence = question.confidence,
               .same_within = question.same_within,
               .power = question.power,
               .flips = {.seed = outcome.seed}});
  std::vector<std::vector<std::size_t>> levels;
  std::vector<std::vector<double>> measured;
  for (std::size_t variant = 0; variant < outcome.variants.size(); ++variant) {
    // The control is the baseline once more, and would stand in its place.
    levels.push_back(variant == outcome.control ? std::vector<std::size_t>{}
                                                : outcome.variants[variant].variant.levels);
    const std::vector<double>& all = findings.of_variant[variant];
    const auto begin = std::min(findings.analysis.first_block, all.size());
    measured.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(begin), all.end());
  }
  const std::vector<std::size_t>& reference = outcome.variants[outcome.baseline].variant.levels;
  if (!reference.empty())
    findings.effects = effects_of({.levels = levels, .figures = measured, .reference = reference}, question.confidence);
  return findings;
}

std::vector<Findings> find_all(const Outcome& outcome) {
  const std::vector<std::string> measured = measures_of(outcome);
  std::vector<Findings> all;
  for (const std::string& measure : outcome.question.measures) {
    if (std::find(measured.begin(), measured.end(), measure) != measured.end()) all.push_back(find(outcome, measure));
  }
  return all;
}

std::vector<Row> rows_of(const Outcome& outcome, const Findings& findings) {
  std::vector<Row> rows = {row_of(outcome, findings, outcome.baseline)};
  for (std::size_t variant = 0; variant < outcome.variants.size(); ++variant) {
    if (variant != outcome.baseline && variant != outcome.control) rows.push_back(row_of(outcome, findings, variant));
  }
  rows.push_back(row_of(outcome, findings, outcome.control));
  return rows;
}

std::vector<std::string> remarks_of(const Findings& findings) {
  const Analysis& analysis = findings.analysis;
  std::vector<std::string> remarks;
  if (std::isinf(analysis.noise_floor)) {
    remarks.emplace_back("The noise is not known: the control has too few runs.");
  } else {
    remarks.push_back("Noise: the baseline differs from itself by up to " + part_in_words(analysis.noise_floor) + " (" +
                      in_words(analysis.noise_floor_difference, findings.unit) + "); no verdict is given below it.");
  }
  if (analysis.warm_up.drifts) {
    remarks.emplace_back(
        "The figures drift from the first block to the last: the machine was not the same throughout.");
  } else if (analysis.first_block > 0) {
    remarks.push_back("Warm-up: the first " + count_in_words(analysis.first_block, "block") +
                      (analysis.first_block == 1 ? " is" : " are") + " left out, of all variants alike.");
  }
  std::size_t marked = 0;
  for (const auto& of_one : analysis.outliers) marked += of_one.size();
  if (marked > 0)
    remarks.push_back(count_in_words(marked, "figure") + (marked == 1 ? " lies" : " lie") +
                      " far from the rest of the variant's; none is left out.");
  const bool lacks_tail = std::any_of(analysis.summaries.begin(), analysis.summaries.end(), [](const Summary& summary) {
    return summary.count > 0 && (!summary.p95.enough || !summary.p99.enough);
  });
  if (lacks_tail)
    remarks.emplace_back("* Too few runs for this quantile (p95 takes 59, p99 299): the true one may well be higher.");
  return remarks;
}

std::string made_in_words(const Outcome& outcome) {
  return count_in_words(whole_blocks(outcome), "whole block") + " of " +
         count_in_words(outcome.variants.size(), "variant") + ", each block in a random order of its own (seed " +
         std::to_string(outcome.seed) + "); " + end_in_words(outcome.ended);
}

std::string effect_name(const Outcome& outcome, const Effect& effect) {
  std::string name;
  for (const Term& term : effect.terms) {
    const Factor& factor = outcome.factors[term.factor];
    name += (name.empty() ? "" : " with ") + factor.name + "=" + factor.levels[term.level];
  }
  return name;
}

}  // namespace slipway::compare
