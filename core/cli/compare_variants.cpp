#include "core/cli/compare_variants.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "core/cli/check_pipeline.hpp"
#include "core/cli/print.hpp"
#include "core/cli/run_words.hpp"

namespace slipway::cli {
namespace {

using compare::Choice;
using compare::Experiment;
using compare::Start;
using compare::Variants;

/// What a variant was found to be.
struct Looked {
  std::string pipeline{};
  bool is_wrong = false;
};

/// The words behind "slipway run".
std::vector<std::string> words_of(const Start& start) {
  std::vector<std::string> words = {"run"};
  words.insert(words.end(), start.before.begin(), start.before.end());
  words.insert(words.end(), start.behind.begin(), start.behind.end());
  return words;
}

/// Findings name what the user wrote: "--vary rootfs=fs-copy" and not the option that stands for it.
void label(std::vector<config::Override>& overrides, const std::vector<Choice>& choices) {
  std::vector<std::string> labels;
  for (const Choice& choice : choices) {
    if (!compare::words_of(choice).empty()) labels.push_back("--vary " + choice.factor + "=" + choice.level);
  }
  if (labels.size() > overrides.size()) return;
  const std::size_t first = overrides.size() - labels.size();
  for (std::size_t i = 0; i < labels.size(); ++i) overrides[first + i].label = labels[i];
}

/// Checks variants, and tells each finding once, however many of them have it.
class Checking {
 public:
  Looked look(const Start& start, const std::vector<Choice>& choices) {
    const std::vector<std::string> words = words_of(start);
    std::vector<const char*> pointers;
    pointers.reserve(words.size());
    for (const std::string& word : words) pointers.push_back(word.c_str());
    RunWords read = read_run_words(static_cast<int>(pointers.size()), pointers.data());
    if (read.status >= 0) return {.is_wrong = true};
    label(read.target.overrides, choices);
    auto request = request_for(read.name, read.command, read.target);
    if (!request) {
      tell({{Severity::error, {}, "", sentence(request.error()), request.error().hint}});
      return {.is_wrong = true};
    }
    Findings notes;
    auto checked = check_pipeline(*request, notes);
    tell(notes);
    if (checked) return {.pipeline = checked->text(false)};
    tell(checked.error());
    return {.is_wrong = true};
  }

 private:
  void tell(const Findings& findings) {
    for (const Finding& finding : findings) {
      const bool is_told = finding.severity <= Severity::warning;
      if (is_told && told_.insert(to_text(finding)).second) print_finding(finding);
    }
  }

  std::set<std::string> told_{};
};

void tell_wrong(const std::vector<std::string>& names, std::size_t of) {
  constexpr std::size_t kMostNames = 8;
  std::string listed;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i)
    listed += (i > 0 ? "; " : "") + printable(names[i]);
  if (names.size() > kMostNames) listed += "; and " + std::to_string(names.size() - kMostNames) + " more";
  print_error({0, "nothing was run: no valid pipeline is made by", listed,
               names.size() < of ? "--exclude FACTOR=LEVEL,FACTOR=LEVEL leaves combinations out" : ""});
}

}  // namespace

std::optional<std::vector<compare::RunVariant>> check_variants(const Experiment& experiment, const Variants& variants,
                                                               const std::string& program) {
  std::vector<compare::RunVariant> all;
  std::vector<std::string> wrong;
  Checking checking;
  for (std::size_t variant = 0; variant < variants.all.size(); ++variant) {
    compare::RunVariant one{.variant = variants.all[variant]};
    if (variant == variants.control) {
      one.command = all[variants.baseline].command;
      one.pipeline = all[variants.baseline].pipeline;
      all.push_back(std::move(one));
      continue;
    }
    const Start start = start_of(experiment, variants, variant);
    if (start.is_slipway) {
      const Looked looked = checking.look(start, choices_of(experiment, one.variant));
      if (looked.is_wrong) wrong.push_back(one.variant.name);
      one.pipeline = looked.pipeline;
      one.command = words_of(start);
      one.command.insert(one.command.begin(), program);
    } else {
      one.command = start.before;
    }
    all.push_back(std::move(one));
  }
  if (wrong.empty()) return all;
  tell_wrong(wrong, variants.all.size() - 1);
  return std::nullopt;
}

}  // namespace slipway::cli
