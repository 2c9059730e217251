// What the command line of `slipway compare` says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cli/arguments.hpp"
#include "core/cli/target.hpp"
#include "core/compare/blocks.hpp"
#include "core/compare/emit/jobs.hpp"
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
  std::vector<Export> exports{};
  std::optional<compare::Shard> shard{};     ///< runs the blocks of this one alone
  std::optional<compare::Scheduler> emit{};  ///< runs nothing, but writes jobs for it
  std::string jobs{};                        ///< the directory for them
  std::size_t shards = 0;                    ///< 0: not told
  bool json = false;
  bool schema = false;
};

/// --export-json and its like; the list outlives them.
std::vector<Option> export_options(std::vector<Export>& exports);

/// Whether they are those of compare_results.hpp.
bool asks_for_results(int count, const char* const* words);

CompareWords read_compare_words(int count, const char* const* words);

}  // namespace slipway::cli
