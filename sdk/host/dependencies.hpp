// Which libraries a library asks the dynamic linker for, and where it has them looked for; ld.so(8).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sdk/host/manifest.hpp"

namespace slipway::host {

struct Dependencies {
  std::vector<std::string> needed{};     ///< DT_NEEDED, and what is loaded as such: DT_FILTER, DT_AUXILIARY
  std::vector<std::string> run_paths{};  ///< DT_RPATH and DT_RUNPATH
};

/// Reads by pread within bounds; runs no code of the file.
tl::expected<Dependencies, NoteProblem> read_dependencies(int fd);

/// The dynamic linker looks for a name with a slash, and in a run path's relative or empty element, from the current
/// directory: there, whoever wrote it decides what code is loaded. The first that is such, with what mends it.
std::optional<Problem> depends_on_directory(const Dependencies& dependencies);

}  // namespace slipway::host
