// The plan on its way into the child, which may have been made before the plan was ready.
#include <algorithm>

#include "core/plan/packed.hpp"
#include "core/plan/plan.hpp"
#include "sdk/host/phases.hpp"

namespace slipway::plan {

namespace {

void add_call(Packer& packer, const steps::Step& step, const std::string& plugin, const std::string& as) {
  if (std::holds_alternative<steps::Call>(step)) packer.add_all(plugin, as);
}

}  // namespace

bool has_calls(const Plan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(),
                     [](const PlannedStep& step) { return std::holds_alternative<steps::Call>(step.step); });
}

std::string child_steps_bytes(const std::vector<NumberedStep>& steps) {
  Packer packer;
  for (const NumberedStep& step : steps) {
    packer.add_all(step.number, step.phase, step.step);
    add_call(packer, step.step, step.plugin, step.as);
  }
  return std::move(packer.bytes());
}

std::string child_steps_bytes(const Plan& plan) {
  Packer packer;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const PlannedStep& step = plan.steps[i];
    if (!host::is_inside(step.phase)) continue;
    packer.add_all(static_cast<std::uint32_t>(i + 1), step.phase, step.step);
    add_call(packer, step.step, step.owner.plugin, step.common.as);
  }
  return std::move(packer.bytes());
}

Result<std::vector<NumberedStep>> child_steps_from(std::string_view bytes) {
  Unpacker unpacker(bytes);
  std::vector<NumberedStep> steps;
  while (unpacker.whole() && !unpacker.at_end()) {
    NumberedStep& step = steps.emplace_back();
    unpacker.get_all(step.number, step.phase, step.step);
    if (std::holds_alternative<steps::Call>(step.step)) unpacker.get_all(step.plugin, step.as);
  }
  if (!unpacker.whole() || steps.empty()) return failure(0, "read the plan");
  return steps;
}

}  // namespace slipway::plan
