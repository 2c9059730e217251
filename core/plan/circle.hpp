// What goes round in a circle, to be told by name.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace slipway::plan {

/// The circle of `count` things that following `next` from `from` leads into, beginning with its lowest; `from` itself
/// may be none of it. From each there must be a next one.
std::vector<std::size_t> circle_from(std::size_t from, std::size_t count,
                                     const std::function<std::size_t(std::size_t)>& next);

}  // namespace slipway::plan
