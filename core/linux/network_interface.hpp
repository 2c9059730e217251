// Network interfaces of the calling process's network namespace; netdevice(7).
#pragma once

#include <string>

#include "core/report/report.hpp"

namespace slipway::linux {

/// Sets IFF_UP. On `lo` the kernel adds 127.0.0.1 and ::1 by itself.
Result<void> bring_interface_up(const std::string& name);

}  // namespace slipway::linux
