// An empty directory in memory, of a limited size, for what a program leaves behind.
#include <slipway/plugin.hpp>

#include "options.hpp"  // struct Options, made from plugin.json

namespace {

using slipway::steps::Common;

struct @CLASS@ {
  Options options;

  void plan(slipway::Plan& plan) const {
    // "from" tells slipway which option asked for a step: plans and errors name its place in the user's file.
    plan.mkdir({.target = {options.target}}, Common{.from = "/options/target"});
    plan.mount({.fstype = "tmpfs",
                .target = {options.target},
                .flags = {slipway::steps::MountFlag::nosuid, slipway::steps::MountFlag::nodev},
                .options = {"mode=1777", "size=" + options.size}},
               Common{.from = "/options/target"});
  }
};

}  // namespace

SLIPWAY_PLUGIN(@CLASS@)
