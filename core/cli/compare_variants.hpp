// The variants of a comparison as they are run, each checked before the first run.
#pragma once

#include <optional>
#include <string>

#include "core/compare/experiment/experiment.hpp"
#include "core/compare/outcome/outcome.hpp"

namespace slipway::cli {

/// With the words that start each, and the pipelines. Nothing where one makes no valid pipeline: what is wrong with it
/// has been printed.
std::optional<std::vector<compare::RunVariant>> check_variants(const compare::Experiment& experiment,
                                                               const compare::Variants& variants,
                                                               const std::string& program);

}  // namespace slipway::cli
