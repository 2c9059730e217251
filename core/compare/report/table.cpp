#include "core/compare/report/table.hpp"

#include <algorithm>
#include <numeric>

#include "core/compare/report/findings.hpp"
#include "core/compare/report/numbers.hpp"

namespace slipway::compare {
namespace {

using Cells = std::vector<std::string>;

constexpr std::size_t kLongestName = 200;

/// Columns on a terminal: bytes of UTF-8 that begin a character.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    constexpr unsigned kContinues = 0x80;
    constexpr unsigned kMask = 0xc0;
    return (static_cast<unsigned char>(byte) & kMask) != kContinues;
  }));
}

/// Columns without anything in them but a head are left out.
std::string lines_of(const std::vector<Cells>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  std::vector<bool> shown(rows.front().size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t column = 0; column < widths.size(); ++column) {
      widths[column] = std::max(widths[column], width_of(rows[row][column]));
      if (row > 0 && !rows[row][column].empty()) shown[column] = true;
    }
  }
  std::string text;
  for (const Cells& row : rows) {
    std::string line;
    for (std::size_t column = 0; column < widths.size(); ++column) {
      if (!shown[column]) continue;
      line += row[column] + std::string(widths[column] - width_of(row[column]) + 2, ' ');
    }
    line.resize(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string with(const std::string& middle, const std::string& interval) {
  if (middle == "-") return "";
  return interval == "-" ? middle : middle + " (" + interval + ")";
}

Cells cells_of(const Row& row) {
  const bool has_failed = row.failed != "0" && row.failed != "-" && !row.failed.empty();
  return {printable(row.name, kLongestName),   row.median == "-" ? "" : row.median,
          with(row.ratio, row.ratio_interval), with(row.difference, row.difference_interval),
          has_failed ? row.failed : "",        row.verdict};
}

/// "  rootfs=fs-copy: undecided: …", which no column has room for. Once where it holds for all with that verdict.
std::string reasons_of(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) {
    if (row.why.empty()) continue;
    const auto has_verdict = [&](const Row& one) { return one.verdict == row.verdict; };
    const auto others = [&](const Row& one) { return has_verdict(one) && one.why != row.why; };
    const bool is_shared =
        std::count_if(rows.begin(), rows.end(), has_verdict) > 1 && std::none_of(rows.begin(), rows.end(), others);
    if (!is_shared) {
      text += "  " + printable(row.name, kLongestName) + ": " + row.verdict + ": " + row.why + "\n";
    } else if (&row == &*std::find_if(rows.begin(), rows.end(), has_verdict)) {
      text += "  each that is " + row.verdict + ": " + row.why + "\n";
    }
  }
  return text;
}

/// What each factor does beyond what a variant's own row says; of a single factor that is nothing.
std::string effects_of(const Outcome& outcome, const Findings& findings) {
  if (outcome.factors.size() < 2 || findings.effects.empty()) return {};
  std::vector<Cells> rows = {{"  effect of", "", ""}};
  for (const Effect& effect : findings.effects) {
    const std::string interval = difference_in_words(effect.interval, findings.unit);
    rows.push_back({"  " + effect_name(outcome, effect), difference_in_words(effect.median, findings.unit),
                    interval == "-" ? "" : "(" + interval + ")"});
  }
  return lines_of(rows);
}

std::string measure_in_words(const Findings& findings) {
  const auto known = find_measure(findings.measure);
  return findings.measure + (known ? ": " + std::string(known->meaning) : "") + "\n";
}

/// The first failure of each variant, which says more than their number.
std::string failures_of(const Outcome& outcome) {
  std::string text;
  for (std::size_t variant = 0; variant < outcome.variants.size(); ++variant) {
    std::size_t all = 0;
    const Run* first = nullptr;
    std::size_t failed = 0;
    for (const Run& run : outcome.runs) {
      if (run.variant != variant) continue;
      ++all;
      if (run.failure.empty()) continue;
      ++failed;
      if (first == nullptr) first = &run;
    }
    if (first == nullptr) continue;
    text += "  " + printable(outcome.variants[variant].variant.name, kLongestName) + ": " + std::to_string(failed) +
            " of " + std::to_string(all) + " runs failed; the first one in block " + std::to_string(first->block + 1) +
            ": " + printable(first->failure) + "\n";
  }
  return text;
}

/// Those of which nothing was measured, when no measure's table shows them.
std::string not_comparable(const Outcome& outcome) {
  std::string text;
  for (const RunVariant& one : outcome.variants) {
    if (one.not_comparable.empty()) continue;
    text += "  " + printable(one.variant.name, kLongestName) + ": not comparable: " + one.not_comparable + "\n";
  }
  return text;
}

}  // namespace

std::string to_table(const Outcome& outcome) {
  std::string text = made_in_words(outcome) + "\n";
  const std::vector<Findings> all = find_all(outcome);
  for (const Findings& findings : all) {
    std::vector<Cells> rows = {{"", "median", "ratio", "difference", "failed", "verdict"}};
    const std::vector<Row> found = rows_of(outcome, findings);
    for (const Row& row : found) rows.push_back(cells_of(row));
    text += "\n" + measure_in_words(findings) + lines_of(rows) + reasons_of(found) + effects_of(outcome, findings);
    for (const std::string& remark : remarks_of(findings)) {
      if (!remark.starts_with('*')) text += "  " + remark + "\n";  // of quantiles, which are not shown here
    }
  }
  if (all.empty()) text += "\nNothing was measured.\n" + not_comparable(outcome);
  const std::string failures = failures_of(outcome);
  if (!failures.empty()) text += "\nFailures, which count in no figure:\n" + failures;
  if (!outcome.notes.empty()) text += "\nNotes:\n";
  for (const std::string& note : outcome.notes) text += "  " + note + "\n";
  return text;
}

}  // namespace slipway::compare
