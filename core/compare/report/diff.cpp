#include "core/compare/report/diff.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/compare/report/findings.hpp"
#include "core/compare/statistics/holm.hpp"

namespace slipway::compare {
namespace {

std::size_t failures_of(const Outcome& outcome, std::size_t variant) {
  return static_cast<std::size_t>(std::count_if(outcome.runs.begin(), outcome.runs.end(), [&](const Run& run) {
    return run.variant == variant && !run.failure.empty();
  }));
}

std::optional<std::size_t> find_variant(const Outcome& outcome, const std::string& name) {
  for (std::size_t i = 0; i < outcome.variants.size(); ++i) {
    if (outcome.variants[i].variant.name == name) return i;
  }
  return std::nullopt;
}

/// The figures after the warm-up, without those of failed runs.
std::vector<double> sample_of(const Findings& findings, std::size_t variant) {
  const std::vector<double>& all = findings.of_variant[variant];
  const auto begin = std::min(findings.analysis.first_block, all.size());
  return finite_only(std::span(all).subspan(begin));
}

double larger_noise(const Findings& first, const Findings& second, bool by_ratio) {
  const auto floor_of = [&](const Analysis& analysis) {
    return by_ratio ? analysis.noise_floor : analysis.noise_floor_difference;
  };
  return std::max(floor_of(first.analysis), floor_of(second.analysis));
}

/// Everything of a row but its verdict, for which p has to be adjusted first.
ChangeOfOne measure_change(const Findings& first, std::size_t in_first, const Findings& second, std::size_t in_second,
                           double confidence) {
  ChangeOfOne row{.measure = second.measure, .unit = second.unit, .p = std::numeric_limits<double>::quiet_NaN()};
  const auto before = sample_of(first, in_first), after = sample_of(second, in_second);
  row.runs_first = before.size();
  row.runs_second = after.size();
  row.median_first = median(before);
  row.median_second = median(after);
  if (std::min(before.size(), after.size()) < kFewestUnpaired) return row;
  row.p = mann_whitney(before, after).p;
  row.shift = ratio_between(before, after, confidence);
  row.by_ratio = row.shift.has_value();
  if (!row.by_ratio) row.shift = difference_between(before, after, confidence);
  row.noise = larger_noise(first, second, row.by_ratio);
  return row;
}

/// On a scale on which 0 is no change and the bound is in the same unit.
Change judge(const ChangeOfOne& row, double bound, double level) {
  if (row.runs_first > 0 && row.runs_second == 0 && row.failed_second > 0) return Change::failing;
  if (!row.shift) return Change::none_found;
  const double none = row.by_ratio ? 1 : 0;
  const double allowed = row.by_ratio ? bound : bound * row.median_first;
  const double found = row.shift->middle - none;
  const double low = row.shift->interval.low - none, high = row.shift->interval.high - none;
  const double past = std::max(allowed, row.noise);
  if (row.p <= level && low > 0 && found > past) return Change::more;
  if (row.p <= level && high < 0 && found < -past) return Change::less;
  if (-allowed <= low && high <= allowed) return Change::same;
  return Change::none_found;
}

void judge_all(std::span<ChangeOfOne> rows, double bound, double level) {
  std::vector<double> p_values;
  p_values.reserve(rows.size());
  for (const ChangeOfOne& row : rows) p_values.push_back(row.p);
  const std::vector<double> adjusted = holm(p_values);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].p = adjusted[i];
    rows[i].change = judge(rows[i], bound, level);
    rows[i].regression =
        rows[i].change == Change::failing || (rows[i].change == Change::more && rows[i].unit != Unit::none);
  }
}

struct Common {
  std::string name{};
  std::size_t first = 0, second = 0;
};

std::vector<ChangeOfOne> changes_of(const Outcome& first, const Outcome& second, const std::vector<Common>& variants,
                                    const std::string& measure, double bound) {
  const Findings before = find(first, measure), after = find(second, measure);
  std::vector<ChangeOfOne> rows;
  for (const Common& variant : variants) {
    // The control is the baseline, and is in the noise already.
    if (variant.second == second.control) continue;
    rows.push_back(measure_change(before, variant.first, after, variant.second, second.question.confidence));
    rows.back().variant = variant.name;
    rows.back().failed_first = failures_of(first, variant.first);
    rows.back().failed_second = failures_of(second, variant.second);
  }
  judge_all(rows, bound, second.question.level);
  return rows;
}

std::string words_of(const std::vector<std::string>& command) {
  std::string words;
  for (const std::string& word : command) words += (words.empty() ? "" : " ") + word;
  return words;
}

void add_if_different(std::vector<Difference>& found, const std::string& what, const std::string& first,
                      const std::string& second) {
  if (first != second) found.push_back({.what = what, .first = first, .second = second});
}

ChangedVariant changes_beside(const RunVariant& first, const RunVariant& second) {
  ChangedVariant changed{.name = second.variant.name};
  changed.facts = differences(first.digests, second.digests);
  add_if_different(changed.facts, "command", words_of(first.command), words_of(second.command));
  if (first.pipeline != second.pipeline) changed.pipeline = line_diff(first.pipeline, second.pipeline);
  add_if_different(changed.facts, "not comparable", first.not_comparable, second.not_comparable);
  return changed;
}

std::vector<Difference> surroundings_of(const Outcome& first, const Outcome& second) {
  std::vector<Difference> found;
  const auto names_baseline = [](const Outcome& outcome) { return outcome.variants[outcome.baseline].variant.name; };
  add_if_different(found, "slipway that measured", first.slipway, second.slipway);
  add_if_different(found, "baseline", names_baseline(first), names_baseline(second));
  add_if_different(found, "seed", std::to_string(first.seed), std::to_string(second.seed));
  add_if_different(found, "hosts", std::to_string(first.hosts.size()), std::to_string(second.hosts.size()));
  const std::vector<Difference> of_hosts = differences(first.hosts.front(), second.hosts.front());
  found.insert(found.end(), of_hosts.begin(), of_hosts.end());
  return found;
}

}  // namespace

bool OutcomeDiff::has_regression() const {
  return std::any_of(changes.begin(), changes.end(), [](const ChangeOfOne& row) { return row.regression; });
}

Result<OutcomeDiff> diff(const Outcome& first, const Outcome& second, double bound) {
  OutcomeDiff found{.bound = bound};
  std::vector<Common> common;
  for (std::size_t i = 0; i < second.variants.size(); ++i) {
    const std::string& name = second.variants[i].variant.name;
    if (const auto before = find_variant(first, name)) {
      common.push_back({.name = name, .first = *before, .second = i});
    } else {
      found.only_second.push_back(name);
    }
  }
  for (const RunVariant& variant : first.variants) {
    if (!find_variant(second, variant.variant.name)) found.only_first.push_back(variant.variant.name);
  }
  if (common.empty()) {
    return failure(0, "compare two results", "they have no variant in common",
                   "the first has \"" + printable(first.variants[0].variant.name, 80) + "\", the second \"" +
                       printable(second.variants[0].variant.name, 80) + "\"");
  }
  const std::vector<std::string> measured = measures_of(first);
  for (const std::string& measure : second.question.measures) {
    if (std::find(measured.begin(), measured.end(), measure) == measured.end()) continue;
    const auto rows = changes_of(first, second, common, measure, bound);
    found.changes.insert(found.changes.end(), rows.begin(), rows.end());
  }
  found.surroundings = surroundings_of(first, second);
  for (const Common& variant : common) {
    ChangedVariant changed = changes_beside(first.variants[variant.first], second.variants[variant.second]);
    if (!changed.facts.empty() || !changed.pipeline.empty()) found.variants.push_back(std::move(changed));
  }
  return found;
}

}  // namespace slipway::compare
