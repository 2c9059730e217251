// What the page says of figures.
#include <cmath>

#include "core/compare/report/html/page.hpp"
#include "core/compare/report/html/plot.hpp"
#include "core/compare/report/html/text.hpp"

namespace slipway::compare::html {
namespace {

/// A mark that needs no colour, and the class that gives it one.
struct Look {
  const char* mark;
  const char* kind;
};

Look look_of(const std::string& verdict) {
  if (verdict == "faster" || verdict == "less") return {"\u25BC ", "faster"};
  if (verdict == "slower" || verdict == "more") return {"\u25B2 ", "slower"};
  if (verdict.starts_with("same")) return {"= ", "same"};
  return {verdict == "undecided" ? "? " : "", "undecided"};
}

std::string verdict_of(const Row& row) {
  const Look look = look_of(row.verdict);
  return element("span", {{"class", std::string("verdict ") + look.kind}}, look.mark + escaped(row.verdict));
}

std::string with_interval(const std::string& middle, const std::string& interval) {
  return escaped(interval == "-" ? middle : middle + " (" + interval + ")");
}

std::string with_more(const std::string& figure, const std::string& more) {
  return escaped(figure) + (more == "-" ? "" : element("span", {{"class", "more"}}, escaped(more)));
}

std::string sentence_of(const Row& row, const Row& baseline) {
  std::string text = name(row.name) + " " + verdict_of(row);
  if (row.median != "-" && row.ratio != "-")
    text += ": " + with_interval(row.ratio, row.ratio_interval) + ", " + escaped(row.median) + " instead of " +
            escaped(baseline.median);
  if (!row.why.empty()) text += "<br>" + element("span", {{"class", "quiet"}}, escaped(row.why));
  return text;
}

std::string summary_table(const Outcome& outcome, const Findings& findings) {
  std::vector<std::vector<std::string>> cells;
  for (const Row& row : rows_of(outcome, findings)) {
    std::string verdict = verdict_of(row);
    if (!row.why.empty()) verdict += " " + element("span", {{"class", "why"}}, escaped(row.why));
    cells.push_back({name(row.name), verdict, row.runs, row.failed, with_more(row.median, row.quartiles),
                     escaped(row.p95), escaped(row.p99), with_more(row.difference, row.difference_interval),
                     with_more(row.ratio, row.ratio_interval), escaped(row.p), escaped(row.delta)});
  }
  const int confidence = static_cast<int>(std::lround(outcome.question.confidence * 100));
  return table("All figures of " + name(findings.measure) +
                   ": below each median the quartiles, below each difference its " + std::to_string(confidence) +
                   " % interval; p is adjusted for the number of variants",
               {.heads = {"variant", "verdict", "runs", "failed", "median", "p95", "p99", "difference", "ratio", "p",
                          "Cliff\u2019s \u03b4"},
                .first_figure = 2},
               cells);
}

}  // namespace

std::string verdicts(const Outcome& outcome, const Findings& findings) {
  const std::vector<Row> rows = rows_of(outcome, findings);
  std::string items;
  for (const Row& row : rows) {
    if (row.variant == outcome.baseline || row.variant == outcome.control) continue;
    items += element("li", sentence_of(row, rows.front())) + "\n";
  }
  return element("p", "Against " + name(rows.front().name) + ", by " + name(findings.measure) + ":") + "\n" +
         element("ul", {{"class", "verdicts"}}, "\n" + items) + "\n";
}

std::string measure(const Outcome& outcome, const Findings& findings) {
  const auto known = find_measure(findings.measure);
  std::string text = known ? element("p", {{"class", "quiet"}}, escaped(known->meaning)) + "\n" : "";
  text += against_baseline(outcome, findings) + distributions(outcome, findings) + summary_table(outcome, findings);
  std::vector<std::string> remarks;
  for (const std::string& remark : remarks_of(findings)) remarks.push_back(escaped(remark));
  text += list_of(remarks);
  const std::string of_factors = effects(outcome, findings);
  if (!of_factors.empty())
    text += element("h3", "Effects of the factors on " + name(findings.measure)) + "\n" + of_factors;
  return text;
}

}  // namespace slipway::compare::html
