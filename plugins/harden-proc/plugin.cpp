// Hides and write-protects what /proc and /sys tell of the host; the lists are those that container runtimes share.
#include <slipway/plugin.hpp>

#include "options.hpp"

namespace {

using slipway::steps::Common;

struct HardenProc {
  Options options;

  void plan(slipway::Plan& plan) const {
    for (std::size_t i = 0; i < options.readonly.size(); ++i) {
      plan.readonly({.path = {options.readonly[i]}}, Common{.from = "/options/readonly/" + std::to_string(i)});
    }
    for (std::size_t i = 0; i < options.mask.size(); ++i) {
      plan.mask({.path = {options.mask[i]}}, Common{.from = "/options/mask/" + std::to_string(i)});
    }
  }
};

}  // namespace

SLIPWAY_PLUGIN(HardenProc)
