// A network of the container's own in which nothing is up. That the namespace is new stands in the manifest, and a new
// one has its loopback interface down; network_namespaces(7).
#include <slipway/plugin.hpp>

#include "options.hpp"

namespace {

struct NetNone {
  Options options;

  void plan(slipway::Plan& /*nothing to do*/) const {}
};

}  // namespace

SLIPWAY_PLUGIN(NetNone)
