// The host's network: that no namespace is made stands in the manifest, and nothing else is to be done.
#include <slipway/plugin.hpp>

#include "options.hpp"

namespace {

struct NetHost {
  Options options;

  void plan(slipway::Plan& /*nothing to do*/) const {}
};

}  // namespace

SLIPWAY_PLUGIN(NetHost)
