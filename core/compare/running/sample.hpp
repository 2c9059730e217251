// A program started, watched and measured to its end; or several at once, as one sample.
// Knows nothing of variants and blocks.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/compare/running/interruption.hpp"
#include "core/compare/running/listening.hpp"

namespace slipway::compare {

using FigureMap = std::map<std::string, double, std::less<>>;

/// What is to be started, and how it is watched.
struct Order {
  std::vector<std::string> words{};  ///< the first one is looked up in PATH where it has no slash
  Listen listen{};
  double timeout_s = 300;
  std::size_t at_once = 1;
  /// Where in `words` the options --timing-file and its file go; not set for another program than slipway.
  std::optional<std::size_t> timing_at{};
};

struct Sample {
  int status = 0;              ///< as $? has it; of several the first that is not `expected`, else the first one's
  std::string problem{};       ///< why it came to no end of its own: it could not be started, or its time was over
  bool interrupted = false;    ///< somebody wants all this to end; nothing of it counts
  FigureMap figures{};         ///< by measure (outcome/measures.hpp)
  bool recorded = false;       ///< slipway started from a record; of several all did
  Listening output{Listen{}};  ///< of the first one
  std::string errors{};        ///< the beginning of its standard error
};

/// Standard input is empty. Standard output goes nowhere where nothing of it is asked for.
Sample run_sample(const Order& order, int expected, Interruption& interruption);

/// How long a program has that is told to end before it is killed.
inline constexpr double kGrace_s = 15;

}  // namespace slipway::compare
