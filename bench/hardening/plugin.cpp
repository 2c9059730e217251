// One of many plugins in a measured pipeline (bench/plugins.py): they differ by name and path alone.
#include <slipway/plugin.hpp>

#include "options.hpp"

namespace {

struct BenchHarden {
  Options options;

  void plan(slipway::Plan& plan) const { plan.readonly({.path = {options.path}}); }
};

}  // namespace

SLIPWAY_PLUGIN(BenchHarden)
