// Root filesystem as a directory of the run's own: a copy of what the image's layers show together, and no overlay.
#include <slipway/plugin.hpp>

#include "options.hpp"

namespace {

using slipway::steps::Afterwards;
using slipway::steps::Common;

struct FsCopy {
  Options options;

  void plan(slipway::Plan& plan) const {
    std::vector<slipway::Handle> layers;
    for (const slipway::Layer& layer : plan.layers()) layers.push_back(plan.unpack(layer));
    if (layers.empty()) return plan.error("/facts/image/layers", "the image has no layer to make a root filesystem of");

    const auto afterwards = options.keep ? Afterwards::kept : Afterwards::removed;
    const auto tree =
        plan.scratch({.name = "root", .afterwards = afterwards}, Common{.as = "tree", .from = "/options/keep"});
    plan.copy({.layers = slipway::reversed(layers), .into = tree});
    plan.bind({.source = {"@tree"}, .target = {"/"}});
    // The mount points are made first, which needs a writable root; nothing can be written once the program runs.
    if (options.read_only) plan.readonly({.path = {"/"}}, Common{.from = "/options/read_only"});
  }
};

}  // namespace

SLIPWAY_PLUGIN(FsCopy)
