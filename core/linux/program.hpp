// Files that belong to the running program, found from where it is.
#pragma once

#include <string>

#include "core/report/report.hpp"

namespace slipway::linux {

/// `relative` to the directory of the running executable, links resolved: "../libexec/slipway/slipway-worker".
Result<std::string> beside_program(const std::string& relative);

}  // namespace slipway::linux
