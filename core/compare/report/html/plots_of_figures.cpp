// The plots of one measure.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/compare/report/html/plot.hpp"
#include "core/compare/report/html/text.hpp"
#include "core/compare/report/numbers.hpp"

namespace slipway::compare::html {
namespace {

constexpr std::size_t kMostDots = 300;  // of a variant, besides its outliers
constexpr int kHeight = 34;
constexpr int kFlat = 24;

struct Ends {
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();
  void take(double figure) {
    if (!std::isfinite(figure)) return;
    least = std::min(least, figure);
    most = std::max(most, figure);
  }
  [[nodiscard]] bool any() const { return least <= most; }
};

/// Between 0 and 1, other for each and evenly spread (the golden ratio's multiples), so that dots seldom hide another.
double scatter(std::size_t i) {
  constexpr double kGolden = 0.618033988749895;
  const double turned = static_cast<double>(i + 1) * kGolden;
  return turned - std::floor(turned);
}

/// Which figures are drawn: all, or of very many some of the middle and every outlier.
std::vector<std::size_t> drawn_figures(const Findings& findings, std::size_t variant) {
  const std::vector<double>& all = findings.of_variant[variant];
  const std::size_t begin = std::min(findings.analysis.first_block, all.size());
  const std::size_t every = std::max<std::size_t>(1, (all.size() - begin + kMostDots - 1) / kMostDots);
  std::vector<std::size_t> chosen;
  for (std::size_t i = begin; i < all.size(); i += every) chosen.push_back(i);
  if (every > 1) {
    for (const Outlier& outlier : findings.analysis.outliers[variant]) chosen.push_back(outlier.position);
  }
  return chosen;
}

PlotRow distribution_of(const Findings& findings, const Row& row, const Axis& axis, const Scale& scale) {
  const Summary& summary = findings.analysis.summaries[row.variant];
  PlotRow drawing{.label = name(row.name)};
  drawing.words = row.name + ": median " + row.median + ", quartiles " + row.quartiles + ", from " +
                  in_words(summary.least, findings.unit) + " to " + in_words(summary.most, findings.unit);
  if (summary.count == 0) {
    drawing.words = row.name + ": no figures";
    drawing.drawing = element("text", {{"x", "4%"}, {"y", "21"}}, "no figures");
    return drawing;
  }
  const auto at = [&](double figure) { return axis.at(figure / scale.of_one); };
  for (const std::size_t i : drawn_figures(findings, row.variant)) {
    const double figure = findings.of_variant[row.variant][i];
    if (std::isfinite(figure)) drawing.drawing += dot("dot", at(figure), 5 + (kHeight - 10) * scatter(i), 2.2);
  }
  drawing.drawing += box("box", at(summary.lower_quartile), at(summary.upper_quartile), 4, kHeight - 8);
  drawing.drawing += line("middle", at(summary.median), at(summary.median), 2, kHeight - 2);
  return drawing;
}

/// A ratio as percent more or less, or a difference in the plot's unit.
struct Distance {
  double middle = 0;
  std::optional<Interval> interval{};
};

Distance distance_of(const Comparison& comparison, bool by_ratio, double of_one) {
  const auto scaled = [&](double figure) { return by_ratio ? (figure - 1) * 100 : figure / of_one; };
  Distance distance{.middle = scaled(by_ratio ? comparison.ratio.value_or(std::numeric_limits<double>::quiet_NaN())
                                              : comparison.difference)};
  distance.interval = by_ratio ? comparison.ratio_interval : comparison.difference_interval;
  if (distance.interval) {
    distance.interval->low = scaled(distance.interval->low);
    distance.interval->high = scaled(distance.interval->high);
  }
  return distance;
}

std::string with_interval(const Axis& axis, double middle, const std::optional<Interval>& interval) {
  if (!std::isfinite(middle)) return {};
  std::string drawing;
  if (interval) drawing = line("interval", axis.at(interval->low), axis.at(interval->high), kFlat / 2.0, kFlat / 2.0);
  return drawing + dot("point", axis.at(middle), kFlat / 2.0, 5);
}

void take(Ends& ends, double middle, const std::optional<Interval>& interval) {
  ends.take(middle);
  if (!interval) return;
  ends.take(interval->low);
  ends.take(interval->high);
}

}  // namespace

std::string distributions(const Outcome& outcome, const Findings& findings) {
  Ends ends;
  for (const auto& of_one : findings.of_variant) {
    const std::size_t begin = std::min(findings.analysis.first_block, of_one.size());
    for (std::size_t i = begin; i < of_one.size(); ++i) ends.take(of_one[i]);
  }
  if (!ends.any()) return element("p", "No run has this figure.");
  const Scale scale = scale_of(ends.most, findings.unit);
  const Axis axis = Axis::of_figures(ends.least / scale.of_one, ends.most / scale.of_one);
  Plot plot{.unit = scale.unit, .height = kHeight};
  plot.caption = "Every run is a dot; the box spans the quartiles, the line in it is the median." +
                 std::string(findings.blocks.size() > kMostDots ? " Of so many runs only some are drawn, and all that "
                                                                  "lie far from the rest."
                                                                : "");
  for (const Row& row : rows_of(outcome, findings)) plot.rows.push_back(distribution_of(findings, row, axis, scale));
  return drawn(plot, axis);
}

std::string against_baseline(const Outcome& outcome, const Findings& findings) {
  const Analysis& analysis = findings.analysis;
  const auto compared = [](const Comparison& comparison) { return comparison.pairs > 0; };
  const bool by_ratio = std::all_of(analysis.comparisons.begin(), analysis.comparisons.end(),
                                    [&](const Comparison& one) { return !compared(one) || one.by_ratio; });
  const Scale scale = scale_of(std::fabs(analysis.summaries[outcome.baseline].median), findings.unit);
  const double noise = by_ratio ? analysis.noise_floor * 100 : analysis.noise_floor_difference / scale.of_one;
  std::vector<const Comparison*> shown;
  for (const Comparison& comparison : analysis.comparisons) {
    if (compared(comparison)) shown.push_back(&comparison);
  }
  if (shown.empty()) return {};
  if (compared(analysis.control)) shown.push_back(&analysis.control);
  Ends ends;
  for (const Comparison* comparison : shown) {
    const Distance distance = distance_of(*comparison, by_ratio, scale.of_one);
    take(ends, distance.middle, distance.interval);
  }
  const bool noise_known = std::isfinite(noise);
  if (noise_known) {
    ends.take(-noise);
    ends.take(noise);
  }
  const Axis axis = Axis::around_0(ends.least, ends.most);
  Plot plot{.unit = by_ratio ? "% of the baseline" : scale.unit, .height = kFlat};
  plot.caption =
      "Difference from the baseline with its interval" +
      std::string(noise_known ? "; within the band is noise, by which the baseline differs from itself." : ".");
  const auto rows = rows_of(outcome, findings);
  for (const Comparison* comparison : shown) {
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&](const Row& one) { return one.variant == comparison->variant; });
    const Distance distance = distance_of(*comparison, by_ratio, scale.of_one);
    const std::string behind = noise_known ? band(axis.at(-noise), axis.at(noise)) : "";
    plot.rows.push_back({.label = name(row->name),
                         .words = row->name + ": " +
                                  (by_ratio ? row->ratio + " (" + row->ratio_interval
                                            : row->difference + " (" + row->difference_interval) +
                                  "), " + row->verdict,
                         .drawing = with_interval(axis, distance.middle, distance.interval),
                         .behind = behind});
  }
  return drawn(plot, axis);
}

std::string effects(const Outcome& outcome, const Findings& findings) {
  Ends ends;
  for (const Effect& effect : findings.effects) take(ends, effect.median, effect.interval);
  if (!ends.any()) return {};
  const Scale scale = scale_of(std::max(std::fabs(ends.least), std::fabs(ends.most)), findings.unit);
  const Axis axis = Axis::around_0(ends.least / scale.of_one, ends.most / scale.of_one);
  Plot plot{.unit = scale.unit, .height = kFlat};
  plot.caption =
      "What a level changes by itself, on the mean over the other factors; and what two levels change together "
      "beyond the sum of both (\u201cwith\u201d).";
  std::vector<std::vector<std::string>> cells;
  for (const Effect& effect : findings.effects) {
    const std::string what = effect_name(outcome, effect);
    const std::string found = difference_in_words(effect.median, findings.unit);
    const std::string interval = difference_in_words(effect.interval, findings.unit);
    std::optional<Interval> scaled = effect.interval;
    if (scaled) {
      scaled->low /= scale.of_one;
      scaled->high /= scale.of_one;
    }
    std::string words = what;
    words.append(": ").append(found).append(" (").append(interval).append(")");
    plot.rows.push_back({.label = name(what),
                         .words = std::move(words),
                         .drawing = with_interval(axis, effect.median / scale.of_one, scaled)});
    cells.push_back({name(what), effect.terms.size() == 1 ? "main effect" : "interaction", found, interval,
                     std::to_string(effect.combinations)});
  }
  return drawn(plot, axis) +
         table("Effects of the factors",
               {.heads = {"level", "kind", "effect", "interval", "combinations"}, .first_figure = 2}, cells);
}

}  // namespace slipway::compare::html
