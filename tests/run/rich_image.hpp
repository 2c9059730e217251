// Images with everything that layers can say.
#pragma once

#include "tests/support/archive.hpp"

namespace slipway::tests {

TarEntry owned(TarEntry entry, std::uint64_t uid, std::uint64_t gid);
TarEntry timed(TarEntry entry, std::int64_t seconds, std::uint32_t nanoseconds);
TarEntry attributed(TarEntry entry, const std::string& name, const std::string& value);

/// The box image with two layers on top.
ImageSpec rich_image();

/// What overlays have to work for, in three: links between directories, what takes the place of what, deletions of
/// deletions.
ImageSpec knotty_image();

/// Four layers, of which the third has `more` and all programs: with an opaque mark in it the first two are hidden.
ImageSpec image_with_opaque_top(const std::vector<TarEntry>& more);

}  // namespace slipway::tests
