#include "core/config/config.hpp"

namespace slipway::config {

std::string_view builtin_pipeline() {
  return R"json({
  "image": {},
  "rootfs": { "use": "fs-overlay" },
  "pseudo": [ { "use": "pseudo-standard" }, { "use": "pseudo-etc" } ],
  "harden": [ { "use": "harden-proc" } ],
  "network": { "use": "net-loopback" },
  "exec": { "use": "exec-process" },
  "isolation": {
    "namespaces": ["mount", "pid", "ipc", "uts", "net", "cgroup"],
    "user": "auto",
    "ids": "squash",
    "propagation": "slave",
    "hostname": "slipway"
  }
})json";
}

}  // namespace slipway::config
