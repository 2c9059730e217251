// What a process has of its own besides memory, and what became of it: a plugin leaves all of it alone.
#pragma once

#include <string>
#include <vector>

namespace slipway::check {

/// One thing of a process and how it is: {"the umask", {"0022"}}. Empty: it can't be seen.
struct Trait {
  std::string name{};
  std::vector<std::string> values{};
};
using State = std::vector<Trait>;

/// Of this process.
State look();

/// `the umask: was "0022", is "0077"`; one for each difference, of lists only what is in one of them alone.
std::vector<std::string> differences(const State& before, const State& after);

}  // namespace slipway::check
