// The tiny process 1 of `--init` (init.c), as the bytes of its executable: it is carried inside of slipway, so that
// neither the image nor the host's files have to have it.
// Knows nothing of containers.
#pragma once

#include <cstddef>
#include <span>

namespace slipway::init {

std::span<const std::byte> program();

}  // namespace slipway::init
