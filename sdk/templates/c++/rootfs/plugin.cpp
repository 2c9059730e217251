// Root filesystem from an overlay of the image's layers; writes go to memory, or nowhere.
#include <slipway/plugin.hpp>

#include "options.hpp"  // struct Options, made from plugin.json

namespace {

using slipway::steps::Common;

struct @CLASS@ {
  Options options;

  void plan(slipway::Plan& plan) const {
    // Each layer is unpacked into slipway's store, once for all runs; what later steps take is its directory.
    std::vector<slipway::Handle> layers;
    for (const slipway::Layer& layer : plan.layers()) layers.push_back(plan.unpack(layer));
    if (layers.empty()) return plan.error("/facts/image/layers", "the image has no layer");
    // The fact has the lowest layer first, an overlay the top one.
    plan.overlay({.lower = slipway::reversed(layers), .target = {"/"}});
    // Carried out at the end, when all mount points have been made.
    if (!options.writable) plan.readonly({.path = {"/"}}, Common{.from = "/options/writable"});
  }
};

}  // namespace

SLIPWAY_PLUGIN(@CLASS@)
