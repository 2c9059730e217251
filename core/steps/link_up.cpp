#include <net/if.h>

#include "core/linux/network_interface.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {

std::string summary(const LinkUp& step) { return step.interface; }

std::string problem_of(const LinkUp& step) {
  return step.interface.empty() || step.interface.size() >= IFNAMSIZ ? "an interface's name has 1 to 15 bytes" : "";
}

Result<void> apply(const LinkUp& step, Inside&) { return linux::bring_interface_up(step.interface); }

}  // namespace slipway::steps
