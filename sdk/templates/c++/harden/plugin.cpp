// Hides paths from the container.
#include <slipway/plugin.hpp>

#include "options.hpp"  // struct Options, made from plugin.json

namespace {

using slipway::steps::Common;

struct @CLASS@ {
  Options options;

  void plan(slipway::Plan& plan) const {
    for (std::size_t i = 0; i < options.paths.size(); ++i) {
      // "from" tells slipway which option asked for a step: plans and errors name its place in the user's file.
      plan.mask({.path = {options.paths[i]}}, Common{.from = "/options/paths/" + std::to_string(i)});
    }
  }
};

}  // namespace

SLIPWAY_PLUGIN(@CLASS@)
