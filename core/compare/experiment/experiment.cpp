#include "core/compare/experiment/experiment.hpp"

#include <algorithm>
#include <cmath>

#include "core/compare/outcome/measures.hpp"
#include "core/config/request.hpp"

namespace slipway::compare {
namespace {

constexpr std::string_view kDoing = "read the experiment";

/// Finds the end of each part: a comma outside of brackets and quotes.
class Splitter {
 public:
  bool ends_at(char letter, bool is_first) {
    if (quoted_) {
      if (escaped_) {
        escaped_ = false;
      } else if (letter == '\\') {
        escaped_ = true;
      } else if (letter == '"') {
        quoted_ = false;
      }
      return false;
    }
    // A quote within a word is the word's own.
    if (letter == '"' && (depth_ > 0 || is_first)) quoted_ = true;
    if (letter == '[' || letter == '{') ++depth_;
    if ((letter == ']' || letter == '}') && depth_ > 0) --depth_;
    return letter == ',' && depth_ == 0;
  }

 private:
  std::size_t depth_ = 0;
  bool quoted_ = false;
  bool escaped_ = false;
};

bool is_stage(const std::string& word) {
  return std::find(config::kStages.begin(), config::kStages.end(), word) != config::kStages.end();
}

bool is_part(double number) { return std::isfinite(number) && number > 0 && number < 1; }

const NamedWords* find(const std::vector<NamedWords>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const NamedWords& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

/// With what the level's name stands for.
Choice setting_of(const Experiment& experiment, Choice choice) {
  for (const Factor& factor : experiment.factors) {
    if (factor.name != choice.factor) continue;
    const auto named = factor.settings.find(choice.level);
    if (named != factor.settings.end()) choice.level = named->second;
  }
  return choice;
}

Result<void> check_question(const Question& question) {
  if (question.measures.empty()) return failure(0, kDoing, "measures", "at least one, such as wall");
  for (const std::string& name : question.measures) {
    if (find_measure(name)) continue;
    const std::string nearest = nearest_measure(name);
    return failure(0, std::string(kDoing) + ": there is no measure", printable(name),
                   nearest.empty() ? "docs/compare.md lists them" : "did you mean " + nearest + "?");
  }
  if (!is_part(question.level)) return failure(0, kDoing, "level", "above 0 and below 1, such as 0.05");
  if (!is_part(question.confidence)) return failure(0, kDoing, "confidence", "above 0 and below 1, such as 0.95");
  if (!is_part(question.power)) return failure(0, kDoing, "power", "above 0 and below 1, such as 0.8");
  if (!is_part(question.same_within)) return failure(0, kDoing, "same_within", "above 0 and below 1, such as 0.01");
  return {};
}

}  // namespace

Design design_of(const Experiment& experiment) {
  Design design{.factors = experiment.factors,
                .excluded = experiment.excluded,
                .named = {},
                .baseline = experiment.baseline,
                .baseline_named = experiment.baseline_named};
  for (const NamedWords& variant : experiment.variants) design.named.push_back(variant.name);
  for (const NamedWords& other : experiment.against) design.named.push_back(other.name);
  return design;
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts(1);
  Splitter splitter;
  for (const char letter : text) {
    if (splitter.ends_at(letter, parts.back().empty())) {
      parts.emplace_back();
    } else {
      parts.back() += letter;
    }
  }
  return parts;
}

Result<Factor> read_factor(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) {
    return failure(0, "read a factor and its levels", printable(text),
                   "write it as FACTOR=LEVEL,LEVEL: rootfs=fs-overlay,fs-copy");
  }
  return Factor{.name = std::string(text.substr(0, equals)), .levels = split_at_commas(text.substr(equals + 1))};
}

Result<std::vector<Choice>> read_choices(std::string_view text) {
  std::vector<Choice> choices;
  for (const std::string& part : split_at_commas(text)) {
    auto choice = read_choice(part);
    if (!choice) return tl::unexpected(choice.error());
    choices.push_back(std::move(*choice));
  }
  return choices;
}

void fill_in_stop_rule(StopRule& rule) {
  if (!rule.rounds && !rule.time_s) rule.rounds = rule.precision ? kMostRoundsForPrecision : kUsualRounds;
}

Result<void> check_experiment(const Experiment& experiment) {
  if (experiment.target.empty()) {
    return failure(0, "compare needs a target", {},
                   "slipway compare --vary rootfs=fs-overlay,fs-copy image.tar, or slipway compare --help");
  }
  if (auto checked = check_question(experiment.question); !checked) return checked;
  if (!std::isfinite(experiment.timeout_s) || experiment.timeout_s <= 0) {
    return failure(0, kDoing, "timeout", "more than 0 seconds");
  }
  if (experiment.status < 0 || experiment.status > 255) {
    return failure(0, kDoing, "status", "an exit status is a number from 0 to 255");
  }
  return check_stop_rule(experiment.stop);
}

std::vector<std::string> words_of(const Choice& choice) {
  if (choice.factor == kTreatment || choice.factor == kParallel) return {};
  // A stage's name alone stands for its plugin, unless the level is a whole entry or a list of them.
  const bool is_json = choice.level.starts_with('[') || choice.level.starts_with('{');
  const bool is_plugin = is_stage(choice.factor) && !is_json;
  return {is_plugin ? "--use" : "--set", choice.factor + "=" + choice.level};
}

bool is_detail(std::string_view measure) {
  constexpr std::array<std::string_view, 6> kFamilies = {"span.", "phase.", "stage.", "plugin.", "step.", "memory."};
  return std::any_of(kFamilies.begin(), kFamilies.end(),
                     [&](std::string_view family) { return measure.starts_with(family); });
}

bool looks_into(const Experiment& experiment, std::size_t block) {
  if (experiment.details == Details::none) return false;
  const std::vector<std::string>& measures = experiment.question.measures;
  const bool all = experiment.details == Details::all || std::any_of(measures.begin(), measures.end(), is_detail);
  return all || block < kSomeDetails;
}

Result<Details> read_details(std::string_view word) {
  const auto* const found = std::find(kDetailsWords.begin(), kDetailsWords.end(), word);
  if (found != kDetailsWords.end()) return static_cast<Details>(found - kDetailsWords.begin());
  return failure(0, "details are none, some or all, not", printable(word, 64));
}

std::vector<Choice> choices_of(const Experiment& experiment, const Variant& variant) {
  std::vector<Choice> choices;
  for (std::size_t factor = 0; factor < variant.levels.size(); ++factor) {
    const Factor& varied = experiment.factors[factor];
    choices.push_back({.factor = varied.name, .level = varied.levels[variant.levels[factor]]});
  }
  return choices;
}

Start start_of(const Experiment& experiment, const Variants& variants, std::size_t variant) {
  const Variant& one = variants.all[variant == variants.control ? variants.baseline : variant];
  const bool is_named = one.levels.empty();
  if (is_named) {
    if (const NamedWords* other = find(experiment.against, one.name); other != nullptr) {
      return {.is_slipway = false, .before = other->words, .behind = {}};
    }
  }
  Start start{.is_slipway = true, .before = experiment.options, .behind = {experiment.target}};
  const NamedWords* named = is_named ? find(experiment.variants, one.name) : nullptr;
  if (named != nullptr) start.before.insert(start.before.end(), named->words.begin(), named->words.end());
  for (const Choice& choice : choices_of(experiment, one)) {
    const std::vector<std::string> words = words_of(setting_of(experiment, choice));
    start.before.insert(start.before.end(), words.begin(), words.end());
  }
  start.behind.insert(start.behind.end(), experiment.command.begin(), experiment.command.end());
  return start;
}

}  // namespace slipway::compare
