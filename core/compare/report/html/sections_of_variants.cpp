// What the page says of how the figures came about.
#include <algorithm>

#include "core/compare/report/html/page.hpp"
#include "core/compare/report/html/text.hpp"
#include "core/compare/report/line_diff.hpp"

namespace slipway::compare::html {
namespace {

/// As a shell would take them.
std::string words_of(const std::vector<std::string>& command) {
  std::string words;
  for (const std::string& word : command) {
    const bool is_plain = !word.empty() && word.find_first_not_of(
                                               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                               "0123456789_-./=:,@%+") == std::string::npos;
    std::string quoted = "'";
    for (const char letter : word) quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    words += (words.empty() ? "" : " ") + (is_plain ? word : quoted + "'");
  }
  return words;
}

/// What differs and a few lines around it, as tools for patches show it.
std::string shown_diff(const std::vector<DiffLine>& lines) {
  constexpr std::ptrdiff_t kAround = 2;
  std::string text;
  bool left_out = false;
  for (std::ptrdiff_t i = 0; i < std::ssize(lines); ++i) {
    const auto begin = lines.begin() + std::max<std::ptrdiff_t>(0, i - kAround);
    const auto end = lines.begin() + std::min(std::ssize(lines), i + kAround + 1);
    const bool is_near = std::any_of(begin, end, [](const DiffLine& line) { return line.side != Side::both; });
    if (!is_near) {
      left_out = true;
      continue;
    }
    if (left_out) text += element("span", {{"class", "quiet"}}, "\u22EE");
    left_out = false;
    const DiffLine& line = lines[static_cast<std::size_t>(i)];
    const char* const sign = line.side == Side::both ? "  " : line.side == Side::first ? "- " : "+ ";
    const char* const kind = line.side == Side::both ? "" : line.side == Side::first ? "removed" : "added";
    text += element("span", {{"class", kind}}, sign + escaped(line.text));
  }
  return element("pre", text) + "\n";
}

std::string pipeline_of(const RunVariant& variant, const RunVariant& baseline, bool is_baseline) {
  std::string text = element("pre", escaped(words_of(variant.command))) + "\n";
  std::vector<std::string> digests;
  for (const auto& [what, digest] : variant.digests) digests.push_back(name(what) + ": " + escaped(digest));
  text += list_of(digests);
  if (variant.pipeline.empty())
    return text + element("p", {{"class", "quiet"}}, "An external command: no pipeline.") + "\n";
  if (!is_baseline) {
    const auto lines = line_diff(baseline.pipeline, variant.pipeline);
    text += has_differences(lines) ? element("p", "Other than in the baseline:") + "\n" + shown_diff(lines)
                                   : element("p", {{"class", "quiet"}}, "The pipeline is the baseline\u2019s.") + "\n";
  }
  const std::string whole = element("summary", "The whole pipeline") + element("pre", escaped_lines(variant.pipeline));
  return text + (is_baseline ? element("details", {{"open", "open"}}, whole) : element("details", whole)) + "\n";
}

bool is_same_everywhere(const Outcome& outcome, const std::string& fact) {
  const auto& first = outcome.hosts.front().facts;
  return std::all_of(outcome.hosts.begin(), outcome.hosts.end(), [&](const Host& host) {
    const auto here = first.find(fact), there = host.facts.find(fact);
    return here != first.end() && there != host.facts.end() && here->second == there->second;
  });
}

std::vector<std::string> all_facts(const Outcome& outcome) {
  std::vector<std::string> facts;
  for (const Host& host : outcome.hosts) {
    for (const auto& [fact, value] : host.facts) facts.push_back(fact);
  }
  std::sort(facts.begin(), facts.end());
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
  return facts;
}

}  // namespace

std::string pipelines(const Outcome& outcome) {
  const RunVariant& baseline = outcome.variants[outcome.baseline];
  std::string text;
  for (std::size_t i = 0; i < outcome.variants.size(); ++i) {
    if (i == outcome.control) continue;  // the baseline once more
    const RunVariant& variant = outcome.variants[i];
    text += element("h3", name(variant.variant.name)) + "\n";
    if (!variant.not_comparable.empty())
      text += element("p", "Not comparable: " + escaped(variant.not_comparable)) + "\n";
    text += pipeline_of(variant, baseline, i == outcome.baseline);
  }
  return text;
}

std::string environment(const Outcome& outcome) {
  std::vector<std::vector<std::string>> common, differing;
  for (const std::string& fact : all_facts(outcome)) {
    if (is_same_everywhere(outcome, fact)) {
      common.push_back({name(fact), escaped(outcome.hosts.front().facts.find(fact)->second)});
      continue;
    }
    differing.push_back({name(fact)});
    for (const Host& host : outcome.hosts) {
      const auto found = host.facts.find(fact);
      differing.back().push_back(found == host.facts.end() ? "-" : escaped(found->second));
    }
  }
  std::string text;
  if (!common.empty()) text += table("The host", {.heads = {"what", "is"}, .first_figure = 2}, common);
  if (differing.empty()) return text;
  Columns columns{.heads = {"what"}, .first_figure = outcome.hosts.size() + 1};
  for (std::size_t i = 0; i < outcome.hosts.size(); ++i) columns.heads.push_back("host " + std::to_string(i));
  return text + table("In what the hosts differ", columns, differing);
}

}  // namespace slipway::compare::html
