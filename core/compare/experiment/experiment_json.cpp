#include "core/compare/experiment/experiment_json.hpp"

#include <nlohmann/json.hpp>

#include "core/compare/experiment/members.hpp"

namespace slipway::compare {
namespace {

using nlohmann::ordered_json;

/// A level that is a word is that word; all else is JSON, as --set takes it.
ordered_json level_to_json(const std::string& level) { return level; }

ordered_json levels_to_json(const Factor& factor) {
  if (factor.settings.empty()) return factor.levels;
  ordered_json object = ordered_json::object();
  for (const std::string& level : factor.levels) {
    const auto named = factor.settings.find(level);
    object[level] = named == factor.settings.end() ? level : named->second;
  }
  return object;
}

ordered_json choices_to_json(const std::vector<Choice>& choices) {
  ordered_json object = ordered_json::object();
  for (const Choice& choice : choices) object[choice.factor] = level_to_json(choice.level);
  return object;
}

ordered_json named_to_json(const std::vector<NamedWords>& all) {
  ordered_json object = ordered_json::object();
  for (const NamedWords& one : all) object[one.name] = one.words;
  return object;
}

void write_what(const Experiment& experiment, ordered_json& to) {
  to["target"] = experiment.target;
  if (!experiment.command.empty()) to["command"] = experiment.command;
  if (!experiment.options.empty()) to["options"] = experiment.options;
  to["factors"] = ordered_json::object();
  for (const Factor& factor : experiment.factors) to["factors"][factor.name] = levels_to_json(factor);
  for (const std::vector<Choice>& one : experiment.excluded) to["excluded"].push_back(choices_to_json(one));
  if (!experiment.variants.empty()) to["variants"] = named_to_json(experiment.variants);
  if (!experiment.against.empty()) to["against"] = named_to_json(experiment.against);
  if (!experiment.baseline.empty()) to["baseline"] = choices_to_json(experiment.baseline);
  if (experiment.baseline_named) to["baseline"] = *experiment.baseline_named;
}

void write_how(const Experiment& experiment, ordered_json& to) {
  to["measures"] = experiment.question.measures;
  to["details"] = kDetailsWords.at(static_cast<std::size_t>(experiment.details));
  if (experiment.values) to["values"] = true;
  if (!experiment.ready.empty()) to["ready"] = experiment.ready;
  if (experiment.stop.rounds) to["rounds"] = *experiment.stop.rounds;
  if (experiment.stop.time_s) to["time"] = *experiment.stop.time_s;
  if (experiment.stop.precision) to["precision"] = *experiment.stop.precision;
  if (experiment.seed) to["seed"] = *experiment.seed;
  to["differ"] = ordered_json::array();
  if (experiment.differ.status) to["differ"].push_back("status");
  if (experiment.differ.output) to["differ"].push_back("output");
  if (experiment.differ.tree) to["differ"].push_back("tree");
  to["status"] = experiment.status;
  to["timeout"] = experiment.timeout_s;
  to["level"] = experiment.question.level;
  to["confidence"] = experiment.question.confidence;
  to["same_within"] = experiment.question.same_within;
  to["power"] = experiment.question.power;
}

}  // namespace

std::string to_json(const Experiment& experiment) {
  ordered_json document = ordered_json::object();
  write_what(experiment, document);
  write_how(experiment, document);
  // Words of a command line are bytes, and need not be UTF-8.
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string experiment_schema() {
  ordered_json properties = ordered_json::object();
  for (const Member& member : kMembers) properties[std::string(member.name)] = ordered_json::parse(member.schema);
  const ordered_json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                               {"title", "an experiment of slipway compare"},
                               {"type", "object"},
                               {"required", {"target"}},
                               {"additionalProperties", false},
                               {"properties", std::move(properties)}};
  return schema.dump(2) + "\n";
}

}  // namespace slipway::compare
