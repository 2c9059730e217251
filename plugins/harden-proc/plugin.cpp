// Hides and write-protects what /proc and /sys tell of the host; the lists are those that container runtimes share.
#include <slipway/plugin.hpp>

#include "options.hpp"

namespace {

using slipway::steps::Common;

struct HardenProc {
  Options options;

  void plan(slipway::Plan& plan) const {
    readonly(options.readonly, "/options/readonly/", plan);
    readonly(options.more_readonly, "/options/more_readonly/", plan);
    mask(options.mask, "/options/mask/", plan);
    mask(options.more_mask, "/options/more_mask/", plan);
  }

 private:
  static void readonly(const std::vector<std::string>& paths, const std::string& at, slipway::Plan& plan) {
    for (std::size_t i = 0; i < paths.size(); ++i) {
      plan.readonly({.path = {paths[i]}}, Common{.from = at + std::to_string(i)});
    }
  }
  static void mask(const std::vector<std::string>& paths, const std::string& at, slipway::Plan& plan) {
    for (std::size_t i = 0; i < paths.size(); ++i) {
      plan.mask({.path = {paths[i]}}, Common{.from = at + std::to_string(i)});
    }
  }
};

}  // namespace

SLIPWAY_PLUGIN(HardenProc)
