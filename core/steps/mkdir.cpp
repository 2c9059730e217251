#include "core/linux/lookup.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {

std::string summary(const Mkdir& step) { return step.target.text; }

Result<void> apply(const Mkdir& step, Inside& inside) {
  return linux::make_directories_inside(inside.root, step.target.text, step.mode.bits);
}

}  // namespace slipway::steps
