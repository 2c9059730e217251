// Waiting until what is run is old enough for the store to keep records of it. Knows nothing of the store.
#pragma once

#include <string>

#include "core/compare/running/interruption.hpp"

namespace slipway::compare {

/// A file that was changed within the last two seconds may change again without its times telling so, and no record is
/// kept of it: the first runs would be others than those that follow. False: interrupted.
bool settle(const std::string& path, Interruption& interruption);

}  // namespace slipway::compare
