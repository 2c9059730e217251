// An image that is there already: a root filesystem in a directory, used in place as the only layer.
#include <slipway/plugin.hpp>

#include "in_place.hpp"
#include "options.hpp"

namespace {

struct ImageDirectory {
  Options options;

  static void resolve(slipway::Resolve& directory) { in_place::resolve(directory); }
};

}  // namespace

SLIPWAY_PLUGIN(ImageDirectory)
