#include "core/steps/steps.hpp"

namespace slipway::steps {

std::string summary(const Unpack& step) { return "layer " + step.diff_id; }

Result<linux::Fd> apply(const Unpack& step, Preparation& preparation) { return preparation.layer(step.diff_id); }

}  // namespace slipway::steps
