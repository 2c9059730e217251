// The merged tree of an image's layers in a directory of the user's.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "core/plan/blueprint.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

/// `directory` is made where it is missing, and must be empty. What could not be kept exactly is added to `notes`.
/// Yields the signal that asked for an end before it was reached, else 0. Whatever went wrong, the directory is left as
/// it was.
tl::expected<int, Findings> unpack_image(const plan::Blueprint& blueprint, const std::string& store,
                                         const std::string& directory, Findings& notes);

}  // namespace slipway::run
