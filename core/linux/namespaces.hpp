// The words for namespaces and their clone(2) flags.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::linux {

/// CLONE_NEWNS for "mount", CLONE_NEWPID for "pid" …; 0 for an unknown word. See namespaces(7).
std::uint64_t namespace_flag(std::string_view word);
std::uint64_t namespace_flags(const std::vector<std::string>& words);

}  // namespace slipway::linux
