#include "core/cli/compare_options.hpp"

#include <algorithm>
#include <utility>

#include "core/compare/experiment/quantities.hpp"
#include "core/compare/experiment/shell_words.hpp"
#include "core/config/words.hpp"

namespace slipway::cli {
namespace {

using Given = CompareGiven;
using compare::Experiment;

void take_factor(Given& given, Result<compare::Factor> factor) {
  if (!factor) return given.refuse(factor.error());
  given.experiment().factors.push_back(std::move(*factor));
}

/// "NAME=WORDS".
void take_variant(Given& given, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return given.refuse(
        {0, "--variant takes a name and options, not", printable(text, 64), "--variant 'plain=--set harden=[]'"});
  auto words = compare::shell_words(text.substr(equals + 1));
  if (!words) return given.refuse(words.error());
  given.experiment().variants.push_back({text.substr(0, equals), std::move(*words)});
}

/// Called by its program: "bwrap", and "bwrap 2" for the second one.
void take_other(Given& given, const std::string& text) {
  auto words = compare::shell_words(text);
  if (!words) return given.refuse(words.error());
  std::vector<compare::NamedWords>& all = given.experiment().against;
  std::string program = words->front().substr(words->front().rfind('/') + 1);
  // In a variant's name it would look like a level.
  std::replace(program.begin(), program.end(), '=', '-');
  const auto is_taken = [&](const std::string& name) {
    return std::any_of(all.begin(), all.end(), [&](const compare::NamedWords& one) { return one.name == name; });
  };
  std::string name = program;
  for (int number = 2; is_taken(name); ++number) name = program + " " + std::to_string(number);
  all.push_back({name, std::move(*words)});
}

void take_baseline(Given& given, const std::string& text) {
  if (text.find('=') == std::string::npos) {
    given.experiment().baseline_named = text;
  } else {
    given.take(compare::read_choices(text), given.experiment().baseline);
  }
}

void take_differ(Given& given, const std::string& text) {
  static const std::vector<std::string> kWords = {"status", "output", "tree"};
  for (const std::string& word : compare::split_at_commas(text)) {
    if (word == "status") given.experiment().differ.status = true;
    if (word == "output") given.experiment().differ.output = true;
    if (word == "tree") given.experiment().differ.tree = true;
    if (std::find(kWords.begin(), kWords.end(), word) == kWords.end())
      given.refuse(
          {0, "--differ takes status, output and tree, not", printable(word, 64), config::allowed_hint(word, kWords)});
  }
}

}  // namespace

std::function<void(const std::string&)> as_number(CompareGiven& given, const char* name, std::uint64_t least,
                                                  std::function<void(std::uint64_t)> put) {
  return [&given, name, least, put = std::move(put)](const std::string& text) {
    auto number = compare::read_number(text, name, least);
    if (!number) return given.refuse(number.error());
    put(*number);
  };
}

std::vector<Option> design_options(Given& given) {
  return {
      {"--vary", "FACTOR=LEVEL,LEVEL",
       "a stage and plugins for it, or an option as --set has it, and values; may be repeated",
       [&](const std::string& text) { take_factor(given, compare::read_factor(text)); }},
      {"--exclude", "FACTOR=LEVEL,FACTOR=LEVEL", "leaves out combinations that have all of these; may be repeated",
       [&](const std::string& text) {
         std::vector<compare::Choice> choices;
         given.take(compare::read_choices(text), choices);
         given.experiment().excluded.push_back(std::move(choices));
       }},
      {"--variant", "NAME=OPTIONS", "a further variant by options of slipway run, in one word; may be repeated",
       [&](const std::string& text) { take_variant(given, text); }},
      {"--against", "COMMAND", "another program, in one word, split as a shell would; may be repeated",
       [&](const std::string& text) { take_other(given, text); }},
      {"--baseline", "VARIANT",
       "what all is compared with: FACTOR=LEVEL,FACTOR=LEVEL or a name (default: first levels)",
       [&](const std::string& text) { take_baseline(given, text); }},
      {"--cache", "TREATMENTS", "of cold, store-warm and warm, as a factor: what is dropped before each run",
       [&](const std::string& text) {
         take_factor(given, compare::read_factor(std::string(compare::kTreatment) + "=" + text));
       }},
      {"--parallel", "N,N", "how many runs go on at once, as a factor",
       [&](const std::string& text) {
         take_factor(given, compare::read_factor(std::string(compare::kParallel) + "=" + text));
       }},
  };
}

std::vector<Option> rule_options(Given& given) {
  Experiment& experiment = given.experiment();
  return {
      {"--rounds", "N", "ends after so many blocks (default: 30)",
       as_number(given, "--rounds", 1, [&](std::uint64_t rounds) { experiment.stop.rounds = rounds; })},
      {"--time", "TIME", "ends before so long, as in 90s, 2m or 1h",
       [&](const std::string& text) {
         given.take(compare::read_duration(text, "--time"), experiment.stop.time_s.emplace());
       }},
      {"--precision", "PART", "ends once the widest interval reaches no further, as in 1%",
       [&](const std::string& text) {
         given.take(compare::read_part(text, "--precision"), experiment.stop.precision.emplace());
       }},
      {"--seed", "N", "of the order of runs, to repeat it (default: a random one, which is told)",
       as_number(given, "--seed", 0, [&](std::uint64_t seed) { experiment.seed = seed; })},
      {"--measure", "NAME,NAME", "what verdicts are given on: wall (default), user, system, phase.mount …",
       [&](const std::string& text) { experiment.question.measures = compare::split_at_commas(text); }},
      {"--same-within", "PART", "differences up to this do not matter (default: 1%)",
       [&](const std::string& text) {
         given.take(compare::read_part(text, "--same-within"), experiment.question.same_within);
       }},
      {"--differ", "WHAT", "status, output, tree: what variants may differ in and be compared all the same",
       [&](const std::string& text) { take_differ(given, text); }},
      {"--status", "N", "the exit status that every run is to end with (default: 0)",
       as_number(
           given, "--status", 0,
           [&](std::uint64_t status) { experiment.status = static_cast<int>(std::min<std::uint64_t>(status, 256)); })},
      {"--timeout", "TIME", "of one run, which fails when it takes longer (default: 5m)",
       [&](const std::string& text) { given.take(compare::read_duration(text, "--timeout"), experiment.timeout_s); }},
      {"--details", "none|some|all",
       "whether a further run tells steps and memory: in the first 10 blocks (some), or all",
       [&](const std::string& text) { given.take(compare::read_details(text), experiment.details); }},
      {"--values", "", "lines name=NUMBER of the output are measures, value.name",
       [&](const std::string&) { experiment.values = true; }},
      {"--ready", "TEXT", "measures when the output first holds this",
       [&](const std::string& text) { experiment.ready = text; }},
  };
}

}  // namespace slipway::cli
