// What a caller may have left in a state that the rest of slipway does not reckon with.
#pragma once

namespace slipway::cli {

/// Standard streams that are there, children that can be waited for. False: it could not be done, and why was printed.
bool make_usual();

}  // namespace slipway::cli
