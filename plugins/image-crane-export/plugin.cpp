// An image out of one tar of a root filesystem: what `crane export`, `docker export` and `tar -c` write.
#include <slipway/plugin.hpp>

#include "../image-docker-save/docker_save.hpp"
#include "../image-oci/layout.hpp"
#include "flat.hpp"
#include "options.hpp"

namespace {

struct ImageCraneExport {
  Options options;

  // Who names this plugin means a tar of a root filesystem; image-auto takes what is nothing else.
  static void resolve(slipway::Resolve& archive) {
    if (docker_save::is_likely(archive)) {
      throw slipway::Failure("/options/source", "this is an archive of docker save, not a tar of a root filesystem",
                             "use image-docker-save, or name no plugin");
    }
    if (archive.text("/facts/source/type") != "directory" && oci::is_likely(archive)) {
      throw slipway::Failure("/options/source", "this is an OCI image layout, not a tar of a root filesystem",
                             "use image-oci, or name no plugin");
    }
    flat::resolve(archive);
  }
};

}  // namespace

SLIPWAY_PLUGIN(ImageCraneExport)
