#include "in_place.hpp"

#include "../image-oci/layout.hpp"

namespace in_place {

void resolve(slipway::Resolve& directory) {
  constexpr const char* kSource = "/options/source";
  if (directory.text("/facts/source/type") != "directory") {
    throw slipway::Failure(kSource, "the source is no directory",
                           "image-crane-export reads a tar of a root filesystem");
  }
  if (oci::is_likely(directory)) {
    throw slipway::Failure(kSource, "the directory is an OCI image layout, not a root filesystem", "use image-oci");
  }
  directory.fact("image",
                 R"({"id":"directory","kind":"directory","name":"","settings":{},"layers":[{"diff_id":"in-place"}]})");
}

}  // namespace in_place
