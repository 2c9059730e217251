#include "core/plan/render.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/plan/facts.hpp"
#include "core/plan/plan.hpp"
#include "core/steps/steps.hpp"
#include "sdk/host/codec.hpp"

namespace slipway::plan {
namespace {

using Json = nlohmann::ordered_json;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string members(const nlohmann::ordered_json& object) {
  const std::string text = object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return text.substr(1, text.size() - 2);
}

std::string summary_of(const PlannedStep& step) {
  const auto* bind = std::get_if<steps::Bind>(&step.step);
  if (bind == nullptr || step.source.empty()) return steps::summary(step.step);
  steps::Bind shown = *bind;
  shown.source.text = step.source;
  return steps::summary(steps::Step(std::move(shown)));
}

struct Row {
  std::string number, type, summary, owner, place;
};

// What a plugin has taken out of its own accord; what the pipeline says of it stands there to be read.
std::string instead_of(const Plan& plan, const PlannedStep& step) {
  std::string text;
  for (const std::string& label : step.common.replaces) {
    if (plan.labels.contains({step.owner.name, label})) continue;
    text += (text.empty() ? "instead of " : ", ") + printable(label, 120);
  }
  return text;
}

Row row_of(const Plan& plan, std::size_t number, const PlannedStep& step) {
  std::string what = printable(summary_of(step), 120);
  // What was opened is shown where it is bound.
  if (!step.common.as.empty() && !std::holds_alternative<steps::Open>(step.step)) what += " as @" + step.common.as;
  std::string place = to_text(step.owner.place);
  if (const std::string taken = instead_of(plan, step); !taken.empty()) place += (place.empty() ? "" : "; ") + taken;
  return {std::to_string(number), std::string(steps::type_of(step.step)), std::move(what), step.owner.name,
          std::move(place)};
}

Json step_json(const PlannedStep& step) {
  Json entry;
  const nlohmann::json encoded = host::encode_step({step.step, step.phase, step.common});
  for (const char* first : {"phase", "type"}) entry[first] = encoded.at(first);
  for (const auto& [key, value] : encoded.items()) entry[key] = value;
  entry["owner"] = {{"stage", step.owner.stage},
                    {"plugin", step.owner.plugin},
                    {"name", step.owner.name},
                    {"pointer", step.owner.pointer},
                    {"place", to_text(step.owner.place)}};
  return entry;
}

std::string whole(const Json& document) { return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string to_text(const PlannedStep& step) {
  return std::string(steps::type_of(step.step)) + ": " + printable(summary_of(step), 200);
}

void name_sources(std::vector<PlannedStep>& steps) {
  for (PlannedStep& step : steps) {
    const auto* bind = std::get_if<steps::Bind>(&step.step);
    if (bind == nullptr || !bind->source.is_reference()) continue;
    const auto maker = std::find_if(steps.begin(), steps.end(), [&](const PlannedStep& other) {
      return std::holds_alternative<steps::Open>(other.step) && other.common.as == bind->source.reference();
    });
    if (maker != steps.end()) step.source = std::get<steps::Open>(maker->step).path.text;
  }
}

std::string to_table(const Plan& plan, std::string_view owner) {
  constexpr std::size_t kWidestSummary = 76;
  std::size_t type_width = 0;
  std::size_t summary_width = 0;
  std::size_t owner_width = 0;
  std::vector<Row> rows;
  std::vector<steps::Phase> phases;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (!owner.empty() && !is_owned(plan.steps[i], owner)) continue;
    rows.push_back(row_of(plan, i + 1, plan.steps[i]));
    phases.push_back(plan.steps[i].phase);
    type_width = std::max(type_width, rows.back().type.size());
    summary_width = std::max(summary_width, std::min(rows.back().summary.size(), kWidestSummary));
    owner_width = std::max(owner_width, rows.back().owner.size());
  }
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == 0 || phases[i] != phases[i - 1])
      text += (i == 0 ? "" : "\n") + std::string(host::word_of(phases[i])) + "\n";
    const Row& row = rows[i];
    text += "  " + padded(std::string(row.number.size() < 3 ? 3 - row.number.size() : 0, ' ') + row.number, 3) + "  " +
            padded(row.type, type_width) + "  " + padded(row.summary, summary_width) + "  " +
            padded(row.owner, owner_width) + "  " + row.place + "\n";
  }
  return text;
}

std::string to_json(const Plan& plan, const std::string& facts) {
  Json list = Json::array();
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    Json entry = {{"number", i + 1}};
    entry.update(step_json(plan.steps[i]));
    list.push_back(std::move(entry));
  }
  return whole({{"steps", std::move(list)}, {"facts", recorded_facts(facts)}});
}

bool is_owned(const PlannedStep& step, std::string_view owner) {
  return step.owner.name == owner || step.owner.plugin == owner;
}

std::string to_json_of(const Plan& plan, std::string_view owner) {
  Json list = Json::array();
  for (const PlannedStep& step : plan.steps) {
    if (is_owned(step, owner)) list.push_back(step_json(step));
  }
  return whole({{"steps", std::move(list)}});
}

std::string event_members(const std::string& run, std::uint32_t number, const PlannedStep& step,
                          std::uint64_t microseconds) {
  return members({{"run", run},
                  {"step", number},
                  {"phase", host::word_of(step.phase)},
                  {"type", steps::type_of(step.step)},
                  {"stage", step.owner.stage},
                  {"owner", step.owner.name},
                  {"microseconds", microseconds},
                  {"message", to_text(step)}});
}

std::string message_members(const std::string& run, const Finding& finding) {
  return members({{"run", run},
                  {"place", slipway::to_text(finding.place)},
                  {"pointer", finding.pointer},
                  {"message", finding.message},
                  {"hint", finding.hint}});
}

}  // namespace slipway::plan
