// Where the time goes: the medians of a family of measures, stacked.
#include <algorithm>
#include <cmath>

#include "core/compare/outcome/measures.hpp"
#include "core/compare/report/html/plot.hpp"
#include "core/compare/report/html/text.hpp"
#include "core/compare/report/numbers.hpp"
#include "core/compare/statistics/quantiles.hpp"

namespace slipway::compare::html {
namespace {

constexpr std::size_t kColours = 7;
constexpr int kHeight = 28;

struct Parts {
  std::vector<std::string> measures{};
  std::vector<std::vector<double>> medians{};  ///< [measure][variant]; NaN of none
};

Parts parts_of(const Outcome& outcome, const std::string& family) {
  Parts parts;
  for (const std::string& measure : measures_of(outcome)) {
    if (!measure.starts_with(family + ".") || !find_measure(measure)) continue;
    parts.measures.push_back(measure);
    parts.medians.emplace_back();
    for (const std::vector<double>& figures : figures_of(outcome, measure).of_variant)
      parts.medians.back().push_back(median(finite_only(figures)));
  }
  return parts;
}

double sum_of(const Parts& parts, std::size_t variant) {
  double sum = 0;
  for (const std::vector<double>& medians : parts.medians)
    sum += std::isfinite(medians[variant]) ? medians[variant] : 0;
  return sum;
}

std::string colour_of(std::size_t part) { return std::to_string(part % kColours); }

std::string keys_of(const Parts& parts) {
  std::string keys;
  for (std::size_t part = 0; part < parts.measures.size(); ++part) {
    const std::string word = parts.measures[part].substr(parts.measures[part].find('.') + 1);
    keys += element("li", element("span", {{"class", "key key" + colour_of(part)}}, "") + name(word)) + "\n";
  }
  return element("ul", {{"class", "keys"}}, "\n" + keys) + "\n";
}

PlotRow stacked(const std::string& variant_name, const Parts& parts, std::size_t variant, const Axis& axis) {
  PlotRow row{.label = name(variant_name), .words = variant_name + ":"};
  double begin = 0;
  for (std::size_t part = 0; part < parts.measures.size(); ++part) {
    const double length = parts.medians[part][variant];
    if (!std::isfinite(length) || length <= 0) continue;
    row.words += " " + parts.measures[part] + " " + in_words(length, Unit::milliseconds);
    row.drawing += box("part part" + colour_of(part), axis.at(begin), axis.at(begin + length), 3, kHeight - 6);
    begin += length;
  }
  return row;
}

}  // namespace

std::string parts(const Outcome& outcome, const std::string& family) {
  const Parts found = parts_of(outcome, family);
  double most = 0;
  for (std::size_t variant = 0; variant < outcome.variants.size(); ++variant)
    most = std::max(most, sum_of(found, variant));
  if (most <= 0) return {};
  const Axis axis = Axis::around_0(0, most);
  Plot plot{.unit = "ms", .height = kHeight};
  plot.caption = family == "span" ? "The parts of a run, one after the other: the median of each."
                                  : "The steps by the stage that asked for them: the median of each.";
  std::vector<std::vector<std::string>> cells;
  for (std::size_t variant = 0; variant < outcome.variants.size(); ++variant) {
    if (sum_of(found, variant) <= 0) continue;  // an external command cannot be looked into
    const std::string& variant_name = outcome.variants[variant].variant.name;
    plot.rows.push_back(stacked(variant_name, found, variant, axis));
    cells.push_back({name(variant_name)});
    for (const std::vector<double>& medians : found.medians)
      cells.back().push_back(escaped(in_words(medians[variant], Unit::milliseconds)));
  }
  Columns columns{.heads = {"variant"}};
  for (const std::string& measure : found.measures) columns.heads.push_back(name(measure));
  return keys_of(found) + drawn(plot, axis) + table("Medians", columns, cells);
}

}  // namespace slipway::compare::html
