#include "core/run/early_signals.hpp"

#include <csignal>

namespace slipway::run {

bool EarlySignals::ask_to_end(Signals& signals, int due) {
  if (asked_to_end_ == 0) asked_to_end_ = due;
  if (asked_to_end_ != 0) return true;
  while (const auto signal = signals.next()) {
    if (asks_to_end(*signal)) {
      asked_to_end_ = *signal;
      return true;
    }
    if (*signal == SIGTSTP) {
      stop_here();
    } else {
      others_.push_back(*signal);
    }
  }
  return false;
}

}  // namespace slipway::run
