// Where the journals of a user's runs lie: /run/slipway for the host's root, $XDG_RUNTIME_DIR/slipway, else a name in
// /tmp. It knows nothing of what is in them.
#pragma once

#include <string>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

/// Where a run begins its journal. In /tmp it is slipway-UID; and where that is another user's, slipway-UID.2 and so
/// on: in user namespaces of two users the same number is another user of the host's.
std::string runtime_directory();
/// The same, and for users every other place where a run of theirs may have had it: in another login or in none, or
/// when another name in /tmp was taken.
std::vector<std::string> runtime_directories();

/// Makes the directory where it is missing (0700).
Result<void> make_runtime_directory(const std::string& path);
/// Refuses what is a link, another user's, or open to others.
Result<linux::Fd> open_runtime_directory(const std::string& path);

/// Whether `code` tells of something that this process lacks, and not of a directory or a file in it.
bool is_shortage(int code);

}  // namespace slipway::run
