// Phases, facts, stages and abilities as JSON, out of the tables of the host's side of the boundary.
#include <algorithm>

#include "core/reference/document.hpp"
#include "sdk/host/codec.hpp"
#include "sdk/host/facts.hpp"
#include "sdk/host/phases.hpp"
#include "sdk/host/stages.hpp"

namespace slipway::reference {
namespace {

template <class List>
Json list_of(const List& words) {
  Json list = Json::array();
  for (const std::string_view word : words) list.push_back(word);
  return list;
}

Json types_of_phase(const Json& steps, std::string_view phase) {
  Json types = Json::array();
  for (const Json& step : steps) {
    const Json& phases = step["phases"];
    if (std::find(phases.begin(), phases.end(), Json(phase)) != phases.end()) types.push_back(step["name"]);
  }
  return types;
}

Json stages_told(std::string_view fact) {
  Json stages = Json::array();
  for (const host::Stage& stage : host::kStages) {
    if (std::find(stage.facts.begin(), stage.facts.end(), fact) != stage.facts.end()) stages.push_back(stage.name);
  }
  return stages;
}

}  // namespace

Json phases_json() {
  const Json steps = steps_json();
  Json phases = Json::array();
  for (const host::PhaseRow& row : host::kPhases) {
    const std::string_view word = host::word_of(row.phase);
    Json phase = {{"name", word},
                  {"meaning", row.meaning},
                  {"process", row.process},
                  {"rights", row.rights},
                  {"steps", types_of_phase(steps, word)},
                  {"gives_results", row.gives_results},
                  {"last", list_of(row.order)},
                  {"given", Json::array()}};
    for (const host::Reserved& one : host::kReserved) {
      if (host::is_given(one.name, row.phase)) phase["given"].push_back({{"name", one.name}, {"meaning", one.meaning}});
    }
    phases.push_back(std::move(phase));
  }
  return phases;
}

Json facts_json() {
  Json facts = Json::array();
  for (const host::Fact& fact : host::facts()) {
    Json one = {{"name", fact.name},
                {"meaning", fact.meaning},
                {"provider", fact.provider},
                {"stages", stages_told(fact.name)},
                {"needs", Json::array({"fact:" + std::string(fact.name)})},
                {"members", Json::array()}};
    for (const host::FactMember& member : fact.members) {
      Json entry = {{"name", member.path}, {"type", member.type}, {"meaning", member.meaning}};
      if (!member.unit.empty()) entry["unit"] = member.unit;
      if (!member.words.empty()) entry["words"] = list_of(member.words);
      if (!member.absent.empty()) entry["absent"] = member.absent;
      one["members"].push_back(std::move(entry));
      if (!member.word.empty()) one["needs"].push_back("fact:" + std::string(member.word));
    }
    facts.push_back(std::move(one));
  }
  return facts;
}

Json stages_json() {
  Json stages = Json::array();
  for (const host::Stage& stage : host::kStages) {
    stages.push_back({{"name", stage.name},
                      {"meaning", stage.meaning},
                      {"details", stage.leaves},
                      {"function", stage.resolves ? "resolve" : "plan"},
                      {"takes_list", stage.takes_list},
                      {"facts", list_of(stage.facts)},
                      {"hands_on", stage.hands_on},
                      {"emits_steps", !stage.resolves},
                      {"checks", list_of(stage.checks)}});
  }
  return stages;
}

Json abilities_json() {
  Json abilities = Json::array();
  for (const host::Ability& ability : host::abilities()) {
    abilities.push_back({{"name", ability.name},
                         {"meaning", ability.meaning},
                         {"details", ability.details},
                         {"stage", ability.stage},
                         {"needs", Json::array({"ability:" + std::string(ability.name)})},
                         {"face", ability.face}});
  }
  return abilities;
}

const Json& document() {
  static const Json all = {{"steps", steps_json()}, {"common", common_json()}, {"phases", phases_json()},
                           {"facts", facts_json()}, {"stages", stages_json()}, {"abilities", abilities_json()}};
  return all;
}

}  // namespace slipway::reference
