// An image out of whatever the source turns out to be, by its content. It serves when the configuration names no plugin
// for the stage; what each kind is read by, is the plugin of that name (image-docker-save and so on), which this one is
// built from.
#include <slipway/plugin.hpp>

#include "../image-crane-export/flat.hpp"
#include "../image-directory/in_place.hpp"
#include "../image-docker-save/docker_save.hpp"
#include "../image-oci/layout.hpp"
#include "options.hpp"

namespace {

struct ImageAuto {
  Options options;

  void resolve(slipway::Resolve& source) const {
    if (oci::is_likely(source) && !docker_save::is_likely(source))
      return oci::resolve(source, options.image, options.platform);
    if (source.text("/facts/source/type") == "directory") return in_place::resolve(source);
    // What lacks its manifest.json is told of that, instead of becoming a root filesystem without a program.
    if (docker_save::is_likely(source) || source.find("repositories") || source.find("blobs/sha256/"))
      return docker_save::resolve(source, options.image);
    flat::resolve(source);
  }
};

}  // namespace

SLIPWAY_PLUGIN(ImageAuto)
