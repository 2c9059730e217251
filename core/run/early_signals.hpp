// Signals that come before there is a program to pass them on to.
#pragma once

#include <utility>
#include <vector>

#include "core/run/signals.hpp"

namespace slipway::run {

class EarlySignals {
 public:
  /// Reads those that have come: one that asks to end, or `due` (0: none), is kept, and the first one stays; a stop is
  /// heeded here. Whether the run is to end.
  bool ask_to_end(Signals& signals, int due);
  /// The signal that asked for it; 0: none has.
  [[nodiscard]] int asked_to_end() const { return asked_to_end_; }
  /// All others, in their order.
  [[nodiscard]] std::vector<int> take_others() { return std::move(others_); }

 private:
  int asked_to_end_ = 0;
  std::vector<int> others_{};
};

}  // namespace slipway::run
