#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/compare/experiment/experiment_json.hpp"
#include "core/compare/experiment/members.hpp"
#include "core/compare/experiment/quantities.hpp"
#include "core/compare/experiment/shell_words.hpp"
#include "core/config/words.hpp"

namespace slipway::compare {
namespace {

using nlohmann::ordered_json;

std::string described(const ordered_json& value) {
  return config::describe(nlohmann::json::parse(value.dump(-1, ' ', true, ordered_json::error_handler_t::replace)));
}

/// Reads members into the experiment, and remembers the first thing that is wrong.
class Reader {
 public:
  Reader(std::string_view name, std::string_view directory) : name_(name), directory_(directory) {}

  Result<Experiment> read(const ordered_json& document) {
    if (!document.is_object()) wrong("", "an object", document);
    if (document.is_object()) {
      for (const auto& [key, value] : document.items()) {
        if (!problem_) member(key, value);
      }
    }
    if (!problem_ && experiment_.target.empty()) {
      problem_ = Error{0, "read the experiment " + name_, "it has no target",
                       R"("target": "image.tar" names a pipeline file or an image's source)"};
    }
    if (problem_) return tl::unexpected(*problem_);
    return std::move(experiment_);
  }

 private:
  void wrong(const std::string& where, std::string_view expected, const ordered_json& found) {
    if (problem_) return;
    const std::string place = where.empty() ? "" : where + ": ";
    problem_ = Error{0, "read the experiment " + name_,
                     place + "expected " + std::string(expected) + ", found " + described(found), ""};
  }

  void take(const std::string& where, const Error& error) {
    if (!problem_) problem_ = Error{0, "read the experiment " + name_, where + ": " + sentence(error), error.hint};
  }

  std::string text(const std::string& where, const ordered_json& value) {
    if (!value.is_string()) {
      wrong(where, "a string", value);
      return {};
    }
    return value.get<std::string>();
  }

  std::vector<std::string> list(const std::string& where, const ordered_json& value) {
    std::vector<std::string> words;
    if (!value.is_array()) wrong(where, "a list of strings", value);
    if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i)
        words.push_back(text(where + "[" + std::to_string(i) + "]", value[i]));
    }
    return words;
  }

  /// A word as it is; a number, a list or an object as JSON.
  static std::string level(const ordered_json& value) {
    return value.is_string() ? value.get<std::string>()
                             : value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  }

  void factor(const std::string& where, const std::string& name, const ordered_json& value) {
    if (!value.is_array()) return wrong(where, "a list of levels", value);
    Factor factor{.name = name, .levels = {}, .settings = {}};
    for (const ordered_json& one : value) factor.levels.push_back(level(one));
    experiment_.factors.push_back(std::move(factor));
  }

  /// {"copy": "fs-copy"}: levels by names of their own.
  void settings(const std::string& name, const ordered_json& value) {
    if (value.empty()) return wrong("factors." + name, "levels", value);
    Factor factor{.name = name, .levels = {}, .settings = {}};
    for (const auto& [label, setting] : value.items()) {
      factor.levels.push_back(label);
      factor.settings.emplace(label, level(setting));
    }
    experiment_.factors.push_back(std::move(factor));
  }

  void factors(const ordered_json& value) {
    if (!value.is_object()) return wrong("factors", "an object of factors", value);
    for (const auto& [name, levels] : value.items()) {
      if (levels.is_object()) {
        settings(name, levels);
      } else {
        factor("factors." + name, name, levels);
      }
    }
  }

  std::vector<Choice> choices(const std::string& where, const ordered_json& value) {
    std::vector<Choice> all;
    if (!value.is_object()) wrong(where, "an object of factors and levels", value);
    if (value.is_object()) {
      for (const auto& [name, one] : value.items()) all.push_back({.factor = name, .level = level(one)});
    }
    return all;
  }

  double number(const std::string& where, const ordered_json& value) {
    if (!value.is_number()) wrong(where, "a number", value);
    return value.is_number() ? value.get<double>() : 0;
  }

  std::uint64_t whole(const std::string& where, const ordered_json& value) {
    if (!value.is_number_unsigned()) wrong(where, "a whole number", value);
    return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
  }

  /// "2m" or 120.
  double quantity(const std::string& where, const ordered_json& value,
                  Result<double> (*in_words)(std::string_view, std::string_view)) {
    if (!value.is_string()) return number(where, value);
    const auto quantity = in_words(value.get<std::string>(), where);
    if (!quantity) take(where, quantity.error());
    return quantity.value_or(0);
  }

  void named(const std::string& where, const ordered_json& value, std::vector<NamedWords>& to, bool may_be_line) {
    if (!value.is_object()) return wrong(where, "an object of names", value);
    for (const auto& [name, one] : value.items()) {
      std::string place = where;
      place.append(".").append(name);
      NamedWords words{.name = name, .words = {}};
      if (may_be_line && one.is_string()) {
        auto split = shell_words(one.get<std::string>());
        if (!split) return take(place, split.error());
        words.words = std::move(*split);
      } else {
        words.words = list(place, one);
        if (may_be_line && words.words.empty()) return wrong(place, "a program and its words", one);
      }
      to.push_back(std::move(words));
    }
  }

  void differ(const ordered_json& value) {
    static const std::vector<std::string> kWords = {"status", "output", "tree"};
    for (const std::string& word : list("differ", value)) {
      if (word == "status") experiment_.differ.status = true;
      if (word == "output") experiment_.differ.output = true;
      if (word == "tree") experiment_.differ.tree = true;
      if (std::find(kWords.begin(), kWords.end(), word) == kWords.end()) {
        take("differ", {0, "there is no result called", printable(word), config::allowed_hint(word, kWords)});
      }
    }
  }

  void design(const std::string& key, const ordered_json& value) {
    if (key == "factors") {
      factors(value);
    } else if (key == "treatments") {
      factor(key, std::string(kTreatment), value);
    } else if (key == "parallel") {
      factor(key, std::string(kParallel), value);
    } else if (key == "excluded") {
      if (!value.is_array()) return wrong(key, "a list of combinations", value);
      for (const ordered_json& one : value) experiment_.excluded.push_back(choices(key, one));
    } else if (key == "variants") {
      named(key, value, experiment_.variants, false);
    } else if (key == "against") {
      named(key, value, experiment_.against, true);
    } else if (value.is_string()) {
      experiment_.baseline_named = value.get<std::string>();
    } else {
      experiment_.baseline = choices(key, value);
    }
  }

  void target(const ordered_json& value) {
    experiment_.target = text("target", value);
    const bool is_relative = !experiment_.target.empty() && experiment_.target.front() != '/';
    if (is_relative && !directory_.empty()) experiment_.target.insert(0, directory_ + "/");
  }

  bool what(const std::string& key, const ordered_json& value) {
    static const std::set<std::string> kDesign = {"factors",  "treatments", "parallel", "excluded",
                                                  "variants", "against",    "baseline"};
    if (kDesign.contains(key)) {
      design(key, value);
    } else if (key == "target") {
      target(value);
    } else if (key == "command") {
      experiment_.command = list(key, value);
    } else if (key == "options") {
      experiment_.options = list(key, value);
    } else if (key == "differ") {
      differ(value);
    } else {
      return false;
    }
    return true;
  }

  bool rule(const std::string& key, const ordered_json& value) {
    if (key == "rounds") {
      experiment_.stop.rounds = whole(key, value);
    } else if (key == "time") {
      experiment_.stop.time_s = quantity(key, value, &read_duration);
    } else if (key == "precision") {
      experiment_.stop.precision = quantity(key, value, &read_part);
    } else if (key == "seed") {
      experiment_.seed = whole(key, value);
    } else if (key == "status") {
      experiment_.status = static_cast<int>(std::min<std::uint64_t>(whole(key, value), 256));
    } else if (key == "timeout") {
      experiment_.timeout_s = quantity(key, value, &read_duration);
    } else {
      return false;
    }
    return true;
  }

  void asked(const std::string& key, const ordered_json& value) {
    Question& question = experiment_.question;
    if (key == "measures") {
      question.measures = list(key, value);
    } else if (key == "values") {
      if (!value.is_boolean()) return wrong(key, "true or false", value);
      experiment_.values = value.get<bool>();
    } else if (key == "details") {
      const auto details = read_details(text(key, value));
      if (!details) return take(key, details.error());
      experiment_.details = *details;
    } else if (key == "ready") {
      experiment_.ready = text(key, value);
    } else if (key == "level") {
      question.level = number(key, value);
    } else if (key == "confidence") {
      question.confidence = number(key, value);
    } else if (key == "same_within") {
      question.same_within = quantity(key, value, &read_part);
    } else if (key == "power") {
      question.power = number(key, value);
    }
  }

  void member(const std::string& key, const ordered_json& value) {
    std::vector<std::string> names(std::size(kMembers));
    std::transform(std::begin(kMembers), std::end(kMembers), names.begin(),
                   [](const Member& known) { return std::string(known.name); });
    if (std::find(names.begin(), names.end(), key) == names.end()) {
      return take(printable(key, 64), {0, "there is no such member", "", config::allowed_hint(key, names)});
    }
    if (!what(key, value) && !rule(key, value)) asked(key, value);
  }

  std::string name_;
  std::string directory_;
  Experiment experiment_{};
  std::optional<Error> problem_{};
};

/// "3:7", of the byte that JSON's reader stumbled over.
std::string place_of(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t last = before.rfind('\n');
  const std::size_t column = before.size() - (last == std::string_view::npos ? 0 : last + 1) + 1;
  return std::to_string(line) + ":" + std::to_string(column);
}

/// A member that is there twice would count once, and nobody knows which.
std::optional<std::string> first_twofold(std::string_view text) {
  std::vector<std::set<std::string>> seen;
  std::optional<std::string> twofold;
  const auto look = [&](int, ordered_json::parse_event_t event, ordered_json& parsed) {
    if (event == ordered_json::parse_event_t::object_start) seen.emplace_back();
    if (event == ordered_json::parse_event_t::object_end) seen.pop_back();
    if (event == ordered_json::parse_event_t::key && !twofold) {
      const auto name = parsed.get<std::string>();
      if (!seen.back().insert(name).second) twofold = name;
    }
    return true;
  };
  const ordered_json document = ordered_json::parse(text, look, false, true);
  return document.is_discarded() ? std::nullopt : twofold;
}

}  // namespace

Result<Experiment> read_experiment(std::string_view text, std::string_view name, std::string_view directory) {
  // NOLINTNEXTLINE(bugprone-empty-catch): the library has no other way to say where it stopped
  try {
    const ordered_json document = ordered_json::parse(text, nullptr, true, true);
    if (const auto twofold = first_twofold(text)) {
      return failure(0, "read the experiment " + std::string(name), printable(*twofold, 64) + " is there twice");
    }
    return Reader(name, directory).read(document);
  } catch (const ordered_json::parse_error& error) {
    return failure(0, "read the experiment " + std::string(name), place_of(text, error.byte) + ": this is no JSON",
                   "comments are allowed, a comma behind the last member is not");
  }
}

}  // namespace slipway::compare
