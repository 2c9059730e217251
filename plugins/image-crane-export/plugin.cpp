// An image out of one tar of a root filesystem: what `crane export`, `docker export` and `tar -c` write.
#include <slipway/plugin.hpp>

#include "flat.hpp"
#include "options.hpp"

namespace {

struct ImageCraneExport {
  Options options;

  static void resolve(slipway::Resolve& archive) { flat::resolve(archive); }
};

}  // namespace

SLIPWAY_PLUGIN(ImageCraneExport)
