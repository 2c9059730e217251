// An image out of an OCI image layout: a directory or a tar of blobs by their digests, with an index of names.
#include <slipway/plugin.hpp>

#include "layout.hpp"
#include "options.hpp"

namespace {

struct ImageOci {
  Options options;

  void resolve(slipway::Resolve& source) const { oci::resolve(source, options.image, options.platform); }
};

}  // namespace

SLIPWAY_PLUGIN(ImageOci)
