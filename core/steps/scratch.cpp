#include "core/steps/steps.hpp"

namespace slipway::steps {

std::string summary(const Scratch& step) {
  return step.name + " in the store" + (step.afterwards == Afterwards::kept ? ", kept afterwards" : "");
}

std::string problem_of(const Scratch& step) {
  const bool plain =
      !step.name.empty() && step.name.size() <= 64 && step.name[0] != '.' && step.name.find('/') == std::string::npos;
  return plain ? "" : "name is one file name of at most 64 bytes that does not begin with a dot";
}

Result<linux::Fd> apply(const Scratch& step, Preparation& preparation) {
  return preparation.scratch(step.name, step.afterwards);
}

}  // namespace slipway::steps
