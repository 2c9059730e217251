// Whether a file and everything above it belongs to those who may decide what root runs.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <set>
#include <string>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::plugins {

/// Walks an absolute path component by component, links included, and refuses the first that another user could change:
/// not owned by root or one of `trusted`, or writable by group or others. A sticky directory of root's is safe: in it,
/// only the owner can replace what he owns. `safe` remembers directories that were found right, and may be given again
/// with the same `trusted`, of which the caller may be one. Error: subject is the component with what is wrong with it,
/// hint what mends it. `opened`: what was opened by that path before; it is held against the same rule, and must be
/// what the walk came to, or the walk proved nothing of it.
Result<void> check_owners_along(const std::string& path, const std::vector<uid_t>& trusted, std::set<std::string>& safe,
                                const struct stat* opened = nullptr);

}  // namespace slipway::plugins
