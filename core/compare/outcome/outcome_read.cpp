// The reader of what outcome_json.cpp writes.
#include <algorithm>
#include <limits>
#include <set>

#include "core/compare/outcome/ended_words.hpp"
#include "core/compare/outcome/json_reader.hpp"
#include "core/compare/outcome/outcome_json.hpp"

namespace slipway::compare {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kDoing = "read the result";
constexpr std::string_view kDamaged = "the file was damaged, or changed by hand";

// Beyond these nothing sensible was measured, and whoever made the file up must not fill the memory by it.
constexpr std::size_t kMostBytes = 256U << 20U;
constexpr std::size_t kMostItems = 10'000;
constexpr std::size_t kMostFigures = 1'000;
constexpr std::uint64_t kMostBlock = 1'000'000'000;
constexpr std::uint64_t kAnyWhole = std::numeric_limits<std::uint64_t>::max();
constexpr double kAnyNumber = std::numeric_limits<double>::max();

tl::unexpected<Error> refuse(std::string_view name, const std::string& what, std::string_view hint = kDamaged) {
  return failure(0, kDoing, std::string(name) + ": " + what, hint);
}

// -- Text to JSON -----------------------------------------------------------------------------------------------------

Result<Json> parse(std::string_view text, std::string_view name, std::size_t first_line) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::size_t at = std::min(error.byte == 0 ? 0 : error.byte - 1, text.size());
    const std::string_view before = text.substr(0, at);
    const auto line = first_line + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    const auto place = "line " + std::to_string(line);
    const std::size_t end = text.find_last_not_of(" \t\r\n");
    if (at > end)
      return refuse(name, "is cut off at its end, in " + place, "the disk was full, or copying it ended early");
    const std::size_t column = at - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
    return refuse(name, "is no JSON at " + place + ", column " + std::to_string(column));
  } catch (const Json::exception& error) {  // a number beyond what a double holds
    return refuse(name, "cannot be read: " + printable(error.what(), 100));
  }
}

Result<void> check_version(const Json& json, std::string_view name) {
  const auto version = json.is_object() ? json.find(kVersionMember) : json.end();
  if (!json.is_object() || version == json.end()) {
    return refuse(name, "is no result of slipway compare: it has no member \"" + std::string(kVersionMember) + "\"",
                  "give a file that --export-json has written");
  }
  if (*version == kOutcomeVersion) return {};
  const bool is_newer = version->is_number() && version->get<double>() > kOutcomeVersion;
  // Only a plain value is told: nlohmann::json writes nested ones by recursion, as deep as the file wants it.
  if (!is_newer) {
    const std::string told = version->is_structured() ? version->type_name() : version->dump(-1, ' ', true);
    return refuse(name, "is of a form that never was: " + printable(told, 32));
  }
  const auto slipway = json.find("slipway");
  const std::string maker = slipway != json.end() && slipway->is_string() ? " " + slipway->get<std::string>() : "";
  return refuse(name,
                "was made by a newer slipway" + printable(maker, 32) + ": it is of form " + version->dump() +
                    ", and this one reads form " + std::to_string(kOutcomeVersion),
                "read it with that slipway");
}

// -- JSON to an outcome -----------------------------------------------------------------------------------------------

Question question_of(const JsonValue& json) {
  Question question;
  question.measures = json.member("measures").texts(kMostFigures);
  question.level = json.member("level").number(0, 1);
  question.confidence = json.member("confidence").number(0, 1);
  question.same_within = json.member("same_within").number(0, kAnyNumber);
  question.power = json.member("power").number(0, 1);
  return question;
}

RunVariant variant_of(const JsonValue& json, const std::vector<Factor>& factors) {
  RunVariant variant;
  variant.variant.name = json.member("name").text();
  const JsonValue levels = json.member("levels");
  levels.each_item(factors.size(), [&](const JsonValue& item) {
    const std::size_t known = factors[variant.variant.levels.size()].levels.size();
    variant.variant.levels.push_back(item.whole(0, known - 1));
  });
  // A variant beside the factors (an external command) has no levels.
  const std::size_t given = variant.variant.levels.size();
  if (given != 0 && given != factors.size())
    levels.wrong("has " + std::to_string(given) + " items, not one for each of the factors");
  variant.command = json.member("command").texts(kMostItems);
  variant.pipeline = json.member("pipeline").text();
  variant.digests = json.member("digests").named_texts(kMostItems);
  if (json.has("not_comparable")) variant.not_comparable = json.member("not_comparable").text();
  return variant;
}

Ended ended_of(const JsonValue& json) {
  const std::string word = json.text();
  const auto* const found = std::find(kEndedWords.begin(), kEndedWords.end(), word);
  if (found != kEndedWords.end()) return static_cast<Ended>(found - kEndedWords.begin());
  json.wrong("is \"" + printable(word, 32) + "\", which is no way to end");
  return Ended::not_yet;
}

std::vector<Factor> factors_of(const JsonValue& json) {
  std::vector<Factor> factors;
  json.each_item(kMostItems, [&](const JsonValue& item) {
    factors.push_back({.name = item.member("name").text(), .levels = item.member("levels").texts(kMostItems)});
    if (factors.back().levels.empty()) item.member("levels").wrong("is empty");
  });
  return factors;
}

Outcome head_of(const JsonValue& json) {
  Outcome outcome;
  outcome.slipway = json.member("slipway").text();
  outcome.begun = json.member("begun").text();
  outcome.ended = ended_of(json.member("ended"));
  outcome.seed = json.member("seed").whole(0, kAnyWhole);
  outcome.question = question_of(json.member("question"));
  outcome.factors = factors_of(json.member("factors"));
  json.member("variants").each_item(kMostItems, [&](const JsonValue& item) {
    outcome.variants.push_back(variant_of(item, outcome.factors));
  });
  if (outcome.variants.size() < 2) json.member("variants").wrong("has no baseline and no control");
  const std::size_t last = std::max<std::size_t>(outcome.variants.size(), 1) - 1;
  outcome.baseline = json.member("baseline").whole(0, last);
  outcome.control = json.member("control").whole(0, last);
  if (outcome.control == outcome.baseline) json.member("control").wrong("is the baseline");
  json.member("hosts").each_item(kMostItems, [&](const JsonValue& item) {
    outcome.hosts.push_back({.facts = item.member("facts").named_texts(kMostItems)});
  });
  if (outcome.hosts.empty()) json.member("hosts").wrong("is empty");
  outcome.notes = json.member("notes").texts(kMostItems);
  outcome.experiment = json.member("experiment").text();
  return outcome;
}

/// Reads runs one by one and refuses one that was there before.
class Runs {
 public:
  explicit Runs(Outcome& outcome) : outcome_(outcome) {}

  void read(const JsonValue& json) {
    Run run;
    run.block = json.member("block").whole(0, kMostBlock);
    run.place = json.member("place").whole(0, kMostItems);
    run.variant = json.member("variant").whole(0, outcome_.variants.size() - 1);
    run.host = json.member("host").whole(0, outcome_.hosts.size() - 1);
    run.at_s = json.member("at_s").number(0, kAnyNumber);
    run.status = static_cast<int>(json.member("status").whole(0, 255));
    if (json.has("failure")) run.failure = json.member("failure").text();
    json.member("figures").each_member(kMostFigures, [&](const std::string& measure, const JsonValue& figure) {
      run.figures[measure] = figure.number(-kAnyNumber, kAnyNumber);
    });
    if (!seen_.emplace(run.block, run.variant).second)
      json.wrong("is of variant " + std::to_string(run.variant) + " in block " + std::to_string(run.block) +
                 ", which was run before");
    outcome_.runs.push_back(std::move(run));
  }

 private:
  Outcome& outcome_;
  std::set<std::pair<std::size_t, std::size_t>> seen_;
};

Result<void> check_size(std::string_view text, std::string_view name) {
  if (text.size() > kMostBytes) {
    return refuse(name, "is larger than " + std::to_string(kMostBytes >> 20U) + " MiB",
                  "results of so many runs are not read: compare less at a time");
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return refuse(name, "is empty", "no comparison has written to it, or the disk was full");
  return {};
}

}  // namespace

Result<Outcome> read_outcome(std::string_view text, std::string_view name) {
  if (auto fits = check_size(text, name); !fits) return tl::unexpected(fits.error());
  const auto json = parse(text, name, 1);
  if (!json) return tl::unexpected(json.error());
  if (auto version = check_version(*json, name); !version) return tl::unexpected(version.error());
  std::string problem;
  const JsonValue whole(*json, problem);
  Outcome outcome = head_of(whole);
  Runs runs(outcome);
  if (problem.empty()) whole.member("runs").each_item(kMostBytes, [&](const JsonValue& run) { runs.read(run); });
  if (!problem.empty()) return refuse(name, problem);
  return outcome;
}

Result<Outcome> read_notes(std::string_view text, std::string_view name) {
  if (auto fits = check_size(text, name); !fits) return tl::unexpected(fits.error());
  std::string problem;
  Outcome outcome;
  Runs runs(outcome);
  std::size_t line = 0;
  while (true) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) break;  // the rest was being written
    const auto json = parse(text.substr(0, end), name, ++line);
    if (!json) return tl::unexpected(json.error());
    if (line == 1) {
      if (auto version = check_version(*json, name); !version) return tl::unexpected(version.error());
      outcome = head_of({*json, problem});
    } else {
      runs.read({*json, problem});
    }
    if (!problem.empty()) return refuse(name, "line " + std::to_string(line) + ": " + problem);
    text.remove_prefix(end + 1);
  }
  if (line == 0) return refuse(name, "is cut off in its first line", "no run was noted; begin anew");
  return outcome;
}

}  // namespace slipway::compare
