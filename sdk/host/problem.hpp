// What is wrong with something that came across the plugin boundary. The SDK's own word for it, because the SDK does
// not know the core.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::host {

struct Problem {
  std::string at{};       ///< JSON pointer or member name; may be empty
  std::string message{};  ///< what was found, and what was expected
  std::string hint{};     ///< what mends it; may be empty
  friend bool operator==(const Problem&, const Problem&) = default;
};

using Problems = std::vector<Problem>;

/// The candidate that a mistyped word most likely meant, as a hint: `did you mean "target"?`, else every candidate
/// (`known: "source", "target"`); empty without candidates.
std::string suggest(std::string_view word, std::span<const std::string> candidates);

}  // namespace slipway::host
