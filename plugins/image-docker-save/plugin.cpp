// An image out of an archive that `docker save` wrote: in the legacy layout (<id>/layer.tar) or in that of Docker 25
// and later (blobs/sha256 beside an OCI index). Both have a manifest.json, and it alone is followed.
#include <slipway/plugin.hpp>

#include "docker_save.hpp"
#include "options.hpp"

namespace {

struct ImageDockerSave {
  Options options;

  void resolve(slipway::Resolve& archive) const { docker_save::resolve(archive, options.image); }
};

}  // namespace

SLIPWAY_PLUGIN(ImageDockerSave)
