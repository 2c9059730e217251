// The places that binds and files cover, found or made in a root that a hostile image filled.
#pragma once

#include "core/linux/fd.hpp"
#include "core/steps/inside.hpp"

namespace slipway::steps {

enum class TargetKind : std::uint8_t { directory, file };

/// Opens the target, O_PATH. Directories on the way are followed through the image's links, inside of the root only;
/// what is missing is made, and a link in the target's own place is replaced by what is to be covered there. Refused:
/// making anything in a directory of the host's, and links that lead into /proc.
Result<linux::Fd> open_target(const Inside& inside, const Path& target, TargetKind kind);

}  // namespace slipway::steps
