// The writer; the reader is outcome_read.cpp.
#include "core/compare/outcome/outcome_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/compare/outcome/ended_words.hpp"

namespace slipway::compare {
namespace {

using Json = nlohmann::ordered_json;

/// Numbers come with as many digits as reading back exactly takes; bytes that are no UTF-8 (of a command's words)
/// become U+FFFD, because JSON has no form for them.
std::string line_of(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json json_of(const Run& run) {
  Json json = {{"block", run.block},
               {"place", run.place},
               {"variant", run.variant},
               {"host", run.host},
               {"at_s", std::isfinite(run.at_s) ? run.at_s : 0},
               {"status", run.status}};
  if (!run.failure.empty()) json["failure"] = run.failure;
  json["figures"] = Json::object();
  for (const auto& [measure, figure] : run.figures) {
    if (std::isfinite(figure)) json["figures"][measure] = figure;
  }
  return json;
}

Json json_of(const RunVariant& variant) {
  Json json = {{"name", variant.variant.name},
               {"levels", variant.variant.levels},
               {"command", variant.command},
               {"pipeline", variant.pipeline},
               {"digests", variant.digests}};
  if (!variant.not_comparable.empty()) json["not_comparable"] = variant.not_comparable;
  return json;
}

Json json_of(const Question& question) {
  return {{"measures", question.measures},
          {"level", question.level},
          {"confidence", question.confidence},
          {"same_within", question.same_within},
          {"power", question.power}};
}

template <class Items, class Form>
Json list_of(const Items& items, const Form& form) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(form(item));
  return list;
}

Json head_of(const Outcome& outcome) {
  Json json = {{std::string(kVersionMember), kOutcomeVersion},
               {"slipway", outcome.slipway},
               {"begun", outcome.begun},
               {"ended", to_word(outcome.ended)},
               {"seed", outcome.seed},
               {"question", json_of(outcome.question)}};
  json["factors"] = list_of(outcome.factors, [](const Factor& factor) {
    return Json{{"name", factor.name}, {"levels", factor.levels}};
  });
  json["variants"] = list_of(outcome.variants, [](const RunVariant& variant) { return json_of(variant); });
  json["baseline"] = outcome.baseline;
  json["control"] = outcome.control;
  json["hosts"] = list_of(outcome.hosts, [](const Host& host) { return Json{{"facts", host.facts}}; });
  json["notes"] = outcome.notes;
  json["experiment"] = outcome.experiment;
  return json;
}

/// A member of the document, of a list each item on a line of its own.
std::string member(const std::string& name, const Json& value) {
  std::string text = Json(name).dump() + ": ";
  const bool is_list_of_objects = value.is_array() && !value.empty() && value.front().is_object();
  if (!is_list_of_objects) return text + line_of(value);
  text += "[";
  for (std::size_t i = 0; i < value.size(); ++i) text += (i == 0 ? "\n" : ",\n") + line_of(value[i]);
  return text + "\n]";
}

}  // namespace

std::string to_json(const Run& run) { return line_of(json_of(run)); }

std::string head_to_json(const Outcome& outcome) { return line_of(head_of(outcome)); }

std::string to_json(const Outcome& outcome) {
  std::string text = "{\n";
  const Json head = head_of(outcome);
  for (const auto& [name, value] : head.items()) text += member(name, value) + ",\n";
  text += "\"runs\": [";
  for (const Run& run : outcome.runs) text += (&run == &outcome.runs.front() ? "\n" : ",\n") + to_json(run);
  return text + "\n]\n}\n";
}

}  // namespace slipway::compare
