#include "core/steps/steps.hpp"

namespace slipway::steps {

std::string summary(const Copy& step) {
  const std::size_t count = step.layers.size();
  return std::to_string(count) + (count == 1 ? " layer" : " layers") + " into @" + step.into.name;
}

std::string problem_of(const Copy& step) {
  if (step.layers.empty()) return "layers names no layer";
  return step.into.name.empty() ? "into names no directory" : "";
}

Result<linux::Fd> apply(const Copy& step, Preparation& preparation) { return preparation.copy(step.layers, step.into); }

}  // namespace slipway::steps
