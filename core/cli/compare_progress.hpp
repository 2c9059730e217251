// How far a comparison is, on a terminal.
#pragma once

#include <cstdint>

#include "core/compare/running/conductor.hpp"

namespace slipway::cli {

/// One line on standard error that is written over and over; nothing where that is no terminal.
class CompareProgress {
 public:
  CompareProgress();
  ~CompareProgress() { clear(); }
  CompareProgress(const CompareProgress&) = delete;
  CompareProgress& operator=(const CompareProgress&) = delete;

  void tell(const compare::Point& point);
  /// Takes the line away, for what is to be read.
  void clear();

 private:
  bool is_shown_ = false;
  bool is_there_ = false;
  std::uint64_t told_ns_ = 0;
};

}  // namespace slipway::cli
