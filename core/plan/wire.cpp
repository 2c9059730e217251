// The plan on its way into the child, which may have been made before the plan was ready.
#include <nlohmann/json.hpp>

#include "core/plan/plan.hpp"
#include "sdk/host/codec.hpp"

namespace slipway::plan {

std::string child_steps_text(const Plan& plan) {
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const PlannedStep& step = plan.steps[i];
    if (step.phase < steps::Phase::mount || step.phase > steps::Phase::exec) continue;
    list.push_back(nlohmann::json::array({i + 1, host::encode_step({step.step, step.phase, {}})}));
  }
  return list.dump();
}

Result<std::vector<NumberedStep>> child_steps_from(std::string_view text) {
  const nlohmann::json list = nlohmann::json::parse(text, nullptr, false);
  if (!list.is_array()) return failure(0, "read the plan");
  std::vector<NumberedStep> steps;
  steps.reserve(list.size());
  for (const nlohmann::json& entry : list) {
    if (!entry.is_array() || entry.size() != 2 || !entry[0].is_number_unsigned()) return failure(0, "read the plan");
    auto decoded = host::decode_step(entry[1]);
    if (!decoded) return failure(0, "read the plan", decoded.error().front().message);
    steps.push_back({entry[0].get<std::uint32_t>(), decoded->phase, std::move(decoded->step)});
  }
  return steps;
}

}  // namespace slipway::plan
