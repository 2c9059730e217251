// The verdicts as tables of GitHub's Markdown.
#include "core/compare/report/export.hpp"
#include "core/compare/report/findings.hpp"

namespace slipway::compare {
namespace {

/// Names are shown as they are: nothing in them begins a cell, a link, code or markup.
std::string plain(std::string_view text) {
  std::string safe;
  for (const char letter : text) {
    if (letter == '\n' || letter == '\r' || letter == '\t') {
      safe += ' ';
    } else if (letter == '<') {
      safe += "&lt;";
    } else if (letter == '&') {
      safe += "&amp;";
    } else {
      if (std::string_view("|`*_[]\\~").find(letter) != std::string_view::npos) safe += '\\';
      safe += letter;
    }
  }
  return safe;
}

std::string line_of(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + cell + " |";
  return line + "\n";
}

std::string table_of(const Outcome& outcome, const Findings& findings) {
  std::string text = line_of({"variant", "runs", "failed", "median", "p95", "difference", "ratio", "p", "verdict"});
  text += "|:--|--:|--:|--:|--:|--:|--:|--:|:--|\n";
  for (const Row& row : rows_of(outcome, findings)) {
    const auto with = [](const std::string& middle, const std::string& interval) {
      return interval == "-" ? middle : std::string(middle).append(" (").append(interval).append(")");
    };
    const std::string verdict = row.why.empty() ? row.verdict : row.verdict + ": " + plain(row.why);
    text +=
        line_of({plain(row.name), row.runs, row.failed, row.median, plain(row.p95),
                 with(row.difference, row.difference_interval), with(row.ratio, row.ratio_interval), row.p, verdict});
  }
  return text;
}

}  // namespace

std::string to_markdown(const Outcome& outcome) {
  std::string text = "# Comparison with " + plain(outcome.variants[outcome.baseline].variant.name) + "\n\n" +
                     made_in_words(outcome) + ". slipway " + plain(outcome.slipway) + ", " + plain(outcome.begun) +
                     ".\n";
  for (const Findings& findings : find_all(outcome)) {
    const auto known = find_measure(findings.measure);
    text += "\n## " + plain(findings.measure) + "\n\n";
    if (known) text += "The measure: " + std::string(known->meaning) + ".\n\n";
    text += table_of(outcome, findings) + "\n";
    for (const std::string& remark : remarks_of(findings)) text += "- " + plain(remark) + "\n";
  }
  if (!outcome.notes.empty()) text += "\n## Notes\n\n";
  for (const std::string& note : outcome.notes) text += "- " + plain(note) + "\n";
  return text;
}

}  // namespace slipway::compare
