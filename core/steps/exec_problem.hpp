// Why execve(2) refused a file that is there: told apart by read-only looks afterwards.
#pragma once

#include <string>

#include "core/report/report.hpp"

namespace slipway::steps {

/// The failure of execve(path) with errno `code`, with the reason in words where it can be found.
Error exec_problem(const std::string& path, int code);

/// "; /rootfs looks like the root filesystem …", where nothing at the container's top does; else nothing.
std::string root_one_deeper();

}  // namespace slipway::steps
