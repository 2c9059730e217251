// What tests/recipes/look.sh tells of a container from inside, in a form that two containers can be compared in.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace slipway::tests {

/// Lines "SUBJECT WHAT" that do not depend on ids which the kernel gives out.
using Sight = std::multiset<std::string>;

/// `told`: what look.sh printed, and before it lines "host NAMESPACE" of whoever started the container.
Sight sight_of(const std::string& told);

/// What recipe and container show differently, and the row of REFERENCE.md's table that says why.
struct Correction {
  std::string row;
  std::vector<std::string> by_hand{};  ///< lines that only the shell's container shows
  std::vector<std::string> slipway{};  ///< lines that only slipway's shows
};

/// Every difference that no correction speaks of, and every line of a correction that is no difference; each as a line
/// that begins with the name of who shows it. Empty when there is none.
std::string unexplained(const Sight& by_hand, const Sight& slipway, const std::vector<Correction>& corrections);

}  // namespace slipway::tests
