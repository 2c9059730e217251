// What two results differ in, for a terminal and for scripts.
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/compare/report/diff.hpp"
#include "core/compare/report/numbers.hpp"

namespace slipway::compare {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLongestName = 60;

std::string change_in_words(const ChangeOfOne& row, double bound) {
  const bool is_time = row.unit == Unit::milliseconds;
  switch (row.change) {
    case Change::none_found:
      return row.shift ? "undecided" : "undecided: too few runs";
    case Change::same:
      return "same within " + part_in_words(bound);
    case Change::less:
      return is_time ? "faster" : "less";
    case Change::more:
      return (is_time ? std::string("slower") : "more") + (row.regression ? ": a regression" : "");
    case Change::failing:
      return "fails in every run: a regression";
  }
  return "";
}

std::string shift_in_words(const ChangeOfOne& row) {
  if (!row.shift) return "-";
  if (row.by_ratio) return ratio_in_words(row.shift->middle) + " (" + ratio_in_words(row.shift->interval) + ")";
  return difference_in_words(row.shift->middle, row.unit) + " (" + difference_in_words(row.shift->interval, row.unit) +
         ")";
}

/// Letters as a terminal counts them: continuation bytes of UTF-8 are none.
std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  for (const char byte : text) width += (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U ? 1 : 0;
  return width;
}

std::string columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += (i == 0 ? "" : "  ") + row[i];
      if (i + 1 < row.size()) line.append(widths[i] - width_of(row[i]), ' ');
    }
    text += line + "\n";
  }
  return text;
}

std::string failures_in_words(const ChangeOfOne& row) {
  if (row.failed_first + row.failed_second == 0) return "-";
  return std::to_string(row.failed_first) + " and " + std::to_string(row.failed_second);
}

std::string beside_in_words(const ChangedVariant& changed) {
  std::string text = "\n" + printable(changed.name, kLongestName) + ":\n";
  for (const Difference& fact : changed.facts) text += "  " + printable(in_words(fact)) + "\n";
  for (const DiffLine& line : changed.pipeline) {
    if (line.side != Side::both) text += (line.side == Side::first ? "  - " : "  + ") + printable(line.text) + "\n";
  }
  return text;
}

Json number(double figure) { return std::isfinite(figure) ? Json(figure) : Json(nullptr); }

Json json_of(const ChangeOfOne& row, double bound) {
  Json json = {{"variant", row.variant},
               {"measure", row.measure},
               {"runs", {row.runs_first, row.runs_second}},
               {"failed", {row.failed_first, row.failed_second}},
               {"medians", {number(row.median_first), number(row.median_second)}}};
  if (row.shift) {
    json[row.by_ratio ? "ratio" : "difference"] = number(row.shift->middle);
    json["interval"] = {number(row.shift->interval.low), number(row.shift->interval.high)};
    json["noise"] = number(row.noise);
  }
  json["p"] = number(row.p);
  json["change"] = change_in_words(row, bound);
  json["regression"] = row.regression;
  return json;
}

Json json_of(const std::vector<Difference>& all) {
  Json json = Json::array();
  for (const Difference& one : all) json.push_back({{"what", one.what}, {"first", one.first}, {"second", one.second}});
  return json;
}

Json json_of(const ChangedVariant& changed) {
  Json lines = Json::array();
  for (const DiffLine& line : changed.pipeline) {
    const char* const sign = line.side == Side::both ? " " : line.side == Side::first ? "-" : "+";
    lines.push_back(sign + line.text);
  }
  return {{"variant", changed.name}, {"facts", json_of(changed.facts)}, {"pipeline", std::move(lines)}};
}

}  // namespace

std::string to_text(const OutcomeDiff& diff) {
  std::vector<std::vector<std::string>> rows = {
      {"variant", "measure", "first", "second", "change (interval)", "p", "failed", "verdict"}};
  for (const ChangeOfOne& row : diff.changes) {
    rows.push_back({printable(row.variant, kLongestName), printable(row.measure, kLongestName),
                    in_words(row.median_first, row.unit), in_words(row.median_second, row.unit), shift_in_words(row),
                    p_in_words(row.p), failures_in_words(row), change_in_words(row, diff.bound)});
  }
  std::string text = diff.changes.empty() ? "No measure is in both results.\n" : columns(rows);
  for (const std::string& name : diff.only_first) text += "only in the first: " + printable(name, kLongestName) + "\n";
  for (const std::string& name : diff.only_second)
    text += "only in the second: " + printable(name, kLongestName) + "\n";
  if (!diff.surroundings.empty()) text += "\nNot the same, and so in the figures as well:\n";
  for (const Difference& one : diff.surroundings) text += "  " + printable(in_words(one)) + "\n";
  for (const ChangedVariant& changed : diff.variants) text += beside_in_words(changed);
  return text;
}

std::string to_json(const OutcomeDiff& diff) {
  Json json = {{"bound", diff.bound}, {"regression", diff.has_regression()}};
  json["changes"] = Json::array();
  for (const ChangeOfOne& row : diff.changes) json["changes"].push_back(json_of(row, diff.bound));
  json["only_first"] = diff.only_first;
  json["only_second"] = diff.only_second;
  json["surroundings"] = json_of(diff.surroundings);
  json["variants"] = Json::array();
  for (const ChangedVariant& changed : diff.variants) json["variants"].push_back(json_of(changed));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace slipway::compare
