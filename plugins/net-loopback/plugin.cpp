// A network of the container's own with nothing but the loopback interface, up.
#include <slipway/plugin.hpp>

#include "options.hpp"

namespace {

struct NetLoopback {
  Options options;

  void plan(slipway::Plan& plan) const {
    // One that others have made is theirs to set up.
    if (plan.isolation().joins("net")) return;
    if (!plan.isolation().has_namespace("net")) {
      return plan.error(
          "/facts/isolation/namespaces",
          "there is no network namespace of the container's own to bring an interface up in",
          "add \"net\" to isolation.namespaces, or say that it is the host's: \"network\": {\"use\": \"net-host\"}");
    }
    plan.link_up({.interface = "lo"});
  }
};

}  // namespace

SLIPWAY_PLUGIN(NetLoopback)
