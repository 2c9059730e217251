#include "core/cli/compare_results.hpp"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <string_view>

#include "core/cli/arguments.hpp"
#include "core/cli/compare_words.hpp"
#include "core/cli/print.hpp"
#include "core/compare/experiment/quantities.hpp"
#include "core/compare/outcome/merge.hpp"
#include "core/compare/outcome/outcome_json.hpp"
#include "core/compare/report/diff.hpp"
#include "core/compare/report/table.hpp"
#include "core/linux/fd.hpp"

namespace slipway::cli {
namespace {

using compare::Outcome;

constexpr int kRegression = 1;
constexpr int kTrouble = 2;  // as diff(1) has it: neither equal nor different
constexpr double kUsualBound = 0.05;

int failed(const Error& error) {
  print_error(error);
  return kTrouble;
}

Result<Outcome> read_file(const std::string& path) {
  constexpr std::size_t kLargest = std::size_t{1} << 30U;
  constexpr std::string_view kDoing = "read a result";
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file) return failure(errno, kDoing, printable(path));
  const auto text = linux::read_all(file, kLargest);
  if (!text) return failure(text.error().code, kDoing, printable(path));
  return compare::read_outcome(*text, path);
}

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }

int tell(const Outcome& outcome, const std::vector<Export>& exports, bool json) {
  print(json ? compare::to_json(outcome) : compare::to_table(outcome));
  for (const Export& to : exports) {
    if (auto written = compare::export_as(to.format, outcome, to.path); !written) return failed(written.error());
  }
  return kOk;
}

struct Given {
  bool json = false;
  std::vector<Export> exports{};
  Result<double> bound = kUsualBound;
};

Option json_option(Given& given, const char* help) {
  return {"--json", "", help, [&given](const std::string&) { given.json = true; }};
}

std::vector<Option> telling_options(Given& given) {
  std::vector<Option> options = {json_option(given, "print the outcome as JSON, with every single run")};
  std::vector<Option> exports = export_options(given.exports);
  std::move(exports.begin(), exports.end(), std::back_inserter(options));
  return options;
}

int show(int count, const char* const* words) {
  Given given;
  const Command command{"compare show", "RESULT", "Tells a result again, in any form.",
                        "  slipway compare show result.json --export-markdown result.md\n", telling_options(given)};
  Words read = read_all_words(command, count, words);
  if (read.status >= 0) return read.status;
  if (read.rest.size() > 1) return too_many_words(command, read.rest[1]);
  if (read.rest.empty()) return failed({0, "compare show needs a result", "", "slipway compare show result.json"});
  const auto outcome = read_file(read.rest[0]);
  if (!outcome) return failed(outcome.error());
  return tell(*outcome, given.exports, given.json);
}

int merge(int count, const char* const* words) {
  Given given;
  const Command command{"compare merge", "RESULT RESULT...",
                        "Joins the results of one experiment's shards, or of the whole experiment on several hosts.",
                        "  slipway compare merge jobs/outcomes/*.json --export-json result.json\n",
                        telling_options(given)};
  const Words read = read_all_words(command, count, words);
  if (read.status >= 0) return read.status;
  std::vector<compare::NamedOutcome> parts;
  for (const std::string& path : read.rest) {
    auto outcome = read_file(path);
    if (!outcome) return failed(outcome.error());
    parts.push_back({path, std::move(*outcome)});
  }
  const auto merged = compare::merge(parts);
  if (!merged) return failed(merged.error());
  return tell(*merged, given.exports, given.json);
}

int diff(int count, const char* const* words) {
  Given given;
  const Command command{
      "compare diff",
      "RESULT RESULT",
      "Holds a result beside an earlier one. Exit status 1: something became slower by more than the bound, or fails; "
      "2: the results cannot be read or compared.",
      "  slipway compare diff main.json change.json --bound 5%\n",
      {{"--bound", "PART", "by how much a figure may be larger before it is a regression (default: 5%)",
        [&](const std::string& text) { given.bound = compare::read_part(text, "--bound"); }},
       json_option(given, "print it as JSON")}};
  const Words read = read_all_words(command, count, words);
  if (read.status >= 0) return read.status;
  if (!given.bound) return failed(given.bound.error());
  if (read.rest.size() > 2) return too_many_words(command, read.rest[2]);
  if (read.rest.size() < 2)
    return failed({0, "compare diff needs two results", "", "slipway compare diff earlier.json later.json"});
  const auto first = read_file(read.rest[0]);
  if (!first) return failed(first.error());
  const auto second = read_file(read.rest[1]);
  if (!second) return failed(second.error());
  const auto found = compare::diff(*first, *second, *given.bound);
  if (!found) return failed(found.error());
  print(given.json ? compare::to_json(*found) : compare::to_text(*found));
  return found->has_regression() ? kRegression : kOk;
}

}  // namespace

int results_command(int count, const char* const* words) {
  const std::string_view word = words[1];
  if (word == "show") return show(count - 1, words + 1);
  if (word == "merge") return merge(count - 1, words + 1);
  return diff(count - 1, words + 1);
}

}  // namespace slipway::cli
