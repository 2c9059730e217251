#include "core/plan/circle.hpp"

#include <algorithm>

namespace slipway::plan {

std::vector<std::size_t> circle_from(std::size_t from, std::size_t count,
                                     const std::function<std::size_t(std::size_t)>& next) {
  // After so many steps none is left that is not in it.
  for (std::size_t i = 0; i < count; ++i) from = next(from);
  std::vector<std::size_t> circle{from};
  for (std::size_t one = next(from); one != from; one = next(one)) circle.push_back(one);
  std::rotate(circle.begin(), std::min_element(circle.begin(), circle.end()), circle.end());
  return circle;
}

}  // namespace slipway::plan
