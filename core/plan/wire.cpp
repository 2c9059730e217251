// The plan on its way into the child, which may have been made before the plan was ready.
#include "core/plan/packed.hpp"
#include "core/plan/plan.hpp"

namespace slipway::plan {

std::string child_steps_bytes(const Plan& plan) {
  Packer packer;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const PlannedStep& step = plan.steps[i];
    if (step.phase < steps::Phase::mount || step.phase > steps::Phase::exec) continue;
    packer.add_all(static_cast<std::uint32_t>(i + 1), step.phase, step.step);
  }
  return std::move(packer.bytes());
}

Result<std::vector<NumberedStep>> child_steps_from(std::string_view bytes) {
  Unpacker unpacker(bytes);
  std::vector<NumberedStep> steps;
  while (unpacker.whole() && !unpacker.at_end()) {
    NumberedStep& step = steps.emplace_back();
    unpacker.get_all(step.number, step.phase, step.step);
  }
  if (!unpacker.whole() || steps.empty()) return failure(0, "read the plan");
  return steps;
}

}  // namespace slipway::plan
