// What the command line of `slipway compare` says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cli/target.hpp"
#include "core/compare/experiment/experiment.hpp"
#include "core/compare/report/export.hpp"

namespace slipway::cli {

/// A file that the outcome is written to.
struct Export {
  compare::Format format = compare::Format::json;
  std::string path{};
};

struct CompareWords {
  int status = -1;  ///< 0 or more: the command is over, and why has been printed
  compare::Experiment experiment{};
  std::string notes{};   ///< path; empty: of its own
  std::string resume{};  ///< path; empty: begins anew
  std::string replay{};  ///< path of the result whose experiment this is
  std::vector<Export> exports{};
  bool json = false;
  bool schema = false;
};

CompareWords read_compare_words(int count, const char* const* words);

}  // namespace slipway::cli
