// Results of one experiment that was shared out, as one result.
#pragma once

#include <span>
#include <string>

#include "core/compare/outcome/outcome.hpp"

namespace slipway::compare {

struct NamedOutcome {
  std::string name{};  ///< the file's, for errors
  Outcome outcome{};
};

/// All runs of all, each with its host. Blocks of shards have numbers of their own; where two results have the same
/// ones (the whole experiment on two hosts), all are numbered anew, the results' blocks in turn. A block is of one
/// host, so what hosts differ by cancels in each pair. Refuses results of different experiments, by what differs, and
/// the same runs given twice.
Result<Outcome> merge(std::span<const NamedOutcome> parts);

}  // namespace slipway::compare
