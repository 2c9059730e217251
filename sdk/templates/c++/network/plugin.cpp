// A network of the container's own, with or without its loopback interface.
#include <slipway/plugin.hpp>

#include "options.hpp"  // struct Options, made from plugin.json

namespace {

using slipway::steps::Common;

struct @CLASS@ {
  Options options;

  void plan(slipway::Plan& plan) const {
    if (!options.loopback) return;
    // One that others have made is theirs to set up.
    if (plan.isolation().joins("net")) return;
    if (!plan.isolation().has_namespace("net")) {
      return plan.error("/options/loopback", "there is no network of the container's own to bring an interface up in",
                        "add \"net\" to isolation.namespaces");
    }
    plan.link_up({.interface = "lo"}, Common{.from = "/options/loopback"});
  }
};

}  // namespace

SLIPWAY_PLUGIN(@CLASS@)
