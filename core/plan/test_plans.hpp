// Plans for the tests of this folder, as data.
#pragma once

#include <string>
#include <utility>

#include "core/plan/plan.hpp"

namespace slipway::plan::tests {

/// A step whose owner was written in line `line` of p.json.
inline PlannedStep planned(steps::Step step, steps::Phase phase, const std::string& owner, std::uint32_t line = 1,
                           steps::Common common = {}) {
  const Place place{Place::Source::file, "p.json", line, 1};
  return {std::move(step), phase, std::move(common), {"pseudo", owner, owner, "/pseudo/" + owner, place}};
}

inline PlannedStep mount(const std::string& target, const std::string& owner, std::uint32_t line = 1,
                         steps::Common common = {}) {
  return planned(steps::Mount{.fstype = "tmpfs", .target = {target}}, steps::Phase::mount, owner, line,
                 std::move(common));
}
inline PlannedStep unpack(const std::string& as, const std::string& owner = "fs") {
  return planned(steps::Unpack{"sha256:" + std::string(64, 'a')}, steps::Phase::prepare, owner, 1, {.as = as});
}
inline PlannedStep root() { return mount("/", "fs"); }
inline PlannedStep exec() { return planned(steps::Exec{{"/bin/true"}}, steps::Phase::exec, "exec"); }

/// What every plan has, and these steps.
inline Plan plan_with(std::vector<PlannedStep> steps) {
  Plan plan;
  plan.steps.push_back(root());
  for (PlannedStep& step : steps) plan.steps.push_back(std::move(step));
  plan.steps.push_back(exec());
  return plan;
}

}  // namespace slipway::plan::tests
