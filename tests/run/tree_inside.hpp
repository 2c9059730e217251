// The tree that a container sees, entry by entry, so that two of them can be compared.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/run/harness.hpp"

namespace slipway::tests {

/// By name, what /bin/probe describes of each entry of an image that has it: type, mode, owner, time, content, links,
/// attributes, device numbers. Without the top directory, whose times are those of each start's mount points; and a
/// file that shares its inode with nothing that is seen is like any other.
std::map<std::string, std::string> tree_inside(const Runner& runner, const std::vector<std::string>& options,
                                               const std::string& image);

/// A line for each entry that is in one alone, or is not the same in both.
std::string differences(const std::map<std::string, std::string>& one, const std::map<std::string, std::string>& other);

}  // namespace slipway::tests
