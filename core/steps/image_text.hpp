// Small files of the image that the core itself reads. They are the image's, so they may be anything.
#pragma once

#include <string>

#include "core/linux/fd.hpp"

namespace slipway::steps {

struct ImageText {
  std::string text{};     ///< empty where there is none
  std::string problem{};  ///< why there is none, though there is something of that name
};

/// A file below the container's root, links followed within it: a regular one of at most 1 MiB, else nothing.
ImageText image_text(const linux::Fd& root, const char* path);

}  // namespace slipway::steps
