// What a process has of its own besides memory, and what became of it: a plugin leaves all of it alone.
#pragma once

#include <string>
#include <vector>

namespace slipway::check {

/// One thing of a process and how it is: {"the umask", "0022"}.
struct Trait {
  std::string name{};
  std::string value{};
};
using State = std::vector<Trait>;

/// Of this process.
State look();

/// "the umask: was 0022, is 0077"; one for each difference.
std::vector<std::string> differences(const State& before, const State& after);

}  // namespace slipway::check
