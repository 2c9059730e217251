#include "core/cli/compare_results.hpp"

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "core/cli/arguments.hpp"
#include "core/cli/print.hpp"
#include "core/compare/experiment/quantities.hpp"
#include "core/compare/outcome/load.hpp"
#include "core/compare/outcome/merge.hpp"
#include "core/compare/outcome/outcome_json.hpp"
#include "core/compare/report/diff.hpp"
#include "core/compare/report/export.hpp"
#include "core/compare/report/table.hpp"

namespace slipway::cli {
namespace {

constexpr int kRegression = 3;
constexpr double kUsualBound = 0.05;

constexpr const char* kDiffExamples =
    "  slipway compare diff before.json after.json           what became slower or faster, and what else changed\n"
    "  slipway compare diff --bound 10% before.json after.json || echo too slow\n"
    "                                                        for CI: 3 where something became slower by more\n";
constexpr const char* kMergeExamples =
    "  slipway compare merge shard-*.json --export-json all.json\n"
    "                                                        the shards of one experiment as one result\n"
    "  slipway compare merge result.json --export-html page.html\n"
    "                                                        a report of a result that there is\n";

int failed(const Error& error, int status = kProblem) {
  print_error(error);
  return status;
}

int diff_command(int count, const char* const* words) {
  double bound = kUsualBound;
  bool json = false;
  std::optional<Error> problem;
  const Command command{
      "compare diff",
      "FIRST SECOND",
      "Says in what a second result of an experiment is another than the first, and ends with 3 where "
      "a variant became slower by more than the bound.",
      kDiffExamples,
      {{"--bound", "PART", "by how much more one may take (default: 5%)",
        [&](const std::string& text) {
          const auto part = compare::read_part(text, "--bound");
          if (part) bound = *part;
          if (!part) problem = part.error();
        }},
       {"--json", "", "print JSON", [&](const std::string&) { json = true; }}},
      kUsage};
  const Words given = read_all_words(command, count, words);
  if (given.status >= 0) return given.status;
  if (problem) return failed(*problem, kUsage);
  if (given.rest.size() != 2)
    return failed({0, "compare diff takes two results", "", "slipway compare diff before.json after.json"}, kUsage);
  const auto first = compare::load_outcome(given.rest[0]);
  if (!first) return failed(first.error());
  const auto second = compare::load_outcome(given.rest[1]);
  if (!second) return failed(second.error());
  const auto found = compare::diff(*first, *second, bound);
  if (!found) return failed(found.error());
  std::fputs((json ? to_json(*found) : to_text(*found)).c_str(), stdout);
  return found->has_regression() ? kRegression : kOk;
}

struct Target {
  compare::Format format;
  std::string path;
};

int merge_command(int count, const char* const* words) {
  std::vector<Target> targets;
  bool json = false;
  const auto target = [&](const char* name, compare::Format format, const char* help) {
    return Option{name, "FILE", help, [&targets, format](const std::string& path) {
                    targets.push_back({format, path});
                  }};
  };
  const Command command{"compare merge",
                        "RESULT...",
                        "Joins results of one experiment, of shards or of several hosts, and reports them as one.",
                        kMergeExamples,
                        {target("--export-json", compare::Format::json, "write it to a file, too"),
                         target("--export-csv", compare::Format::csv, "every single run as a row"),
                         target("--export-markdown", compare::Format::markdown, "the verdicts as tables"),
                         target("--export-hyperfine", compare::Format::hyperfine, "as hyperfine --export-json has it"),
                         target("--export-html", compare::Format::html, "one page with everything"),
                         {"--json", "", "print it as JSON", [&](const std::string&) { json = true; }}},
                        kUsage};
  const Words given = read_all_words(command, count, words);
  if (given.status >= 0) return given.status;
  if (given.rest.empty())
    return failed({0, "compare merge takes results", "", "slipway compare merge shard-*.json"}, kUsage);
  std::vector<compare::NamedOutcome> parts;
  for (const std::string& path : given.rest) {
    auto outcome = compare::load_outcome(path);
    if (!outcome) return failed(outcome.error());
    parts.push_back({path, std::move(*outcome)});
  }
  const auto whole = compare::merge(parts);
  if (!whole) return failed(whole.error());
  int status = kOk;
  for (const Target& one : targets) {
    if (auto written = compare::export_as(one.format, *whole, one.path); !written) status = failed(written.error());
  }
  std::fputs((json ? compare::to_json(*whole) : compare::to_table(*whole)).c_str(), stdout);
  return status;
}

}  // namespace

int compare_results(int count, const char* const* words) {
  return words[1] == std::string_view("diff") ? diff_command(count - 1, words + 1)
                                              : merge_command(count - 1, words + 1);
}

}  // namespace slipway::cli
