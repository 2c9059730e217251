#include "flat.hpp"

namespace flat {

void resolve(slipway::Resolve& archive) {
  constexpr const char* kSource = "/options/source";
  if (archive.has("/facts/source/type") && archive.text("/facts/source/type") == "directory") {
    throw slipway::Failure(kSource, "the source is a directory, not a tar", "use image-directory");
  }
  if (!archive.entry(0))
    throw slipway::Failure(kSource, "the archive holds no file", "give a tar of a root filesystem");
  // Its digest is nowhere told, so slipway finds it out, and calls the image by it.
  archive.fact("image",
               R"({"kind":"flat tar","name":"","settings":{},"layers":[{"compression":"none","offset":0,"size":)" +
                   std::to_string(archive.integer("/facts/source/size")) + "}]}");
}

}  // namespace flat
