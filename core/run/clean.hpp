// Removes what runs that were killed have left: processes, directories, journals. Touches nothing that a living run
// uses, and may be called while runs, and others of its kind, are at work.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::run {

/// One thing that was removed or ended, or would be.
struct Cleaned {
  enum class Kind { process, run_directory, staging, lock, record, kept, layer, journal };
  Kind kind = Kind::journal;
  std::string subject{};  ///< a process's number, or a path
  std::string run{};      ///< the run that left it, where that is known
};
/// "run-directory": how it is called in JSON.
const char* to_text(Cleaned::Kind kind);

struct CleanWishes {
  std::string store{};  ///< path; empty: the default one
  bool acts = true;     ///< false: only tells
  bool kept = false;    ///< also the directories that runs were asked to keep
  bool layers = false;  ///< also what lies among the layers and is none to this version
  std::function<void(const Cleaned&)> on_cleaned{};
};

/// What could not be done, each with what to try; the rest is done all the same.
std::vector<Error> clean(const CleanWishes& wishes);

}  // namespace slipway::run
