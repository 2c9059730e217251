// The end of a run: what it did is taken back, and signals that come meanwhile do not get in the way of that.
#pragma once

#include <vector>

#include "core/plan/caller.hpp"
#include "core/report/report.hpp"
#include "core/run/journal.hpp"
#include "core/run/signals.hpp"

namespace slipway::run {

/// Signals that come when the container has ended. Who asks for the end has it, but for what is being taken back, and
/// that is given up at the third INT or TERM within two seconds alone.
class LateSignals {
 public:
  /// `signals` is borrowed.
  explicit LateSignals(const Signals& signals) : signals_(signals) {}

  /// Reads those that have come. Whether what is being done is to be given up, now and ever after.
  bool give_up();
  [[nodiscard]] const linux::Fd& descriptor() const { return signals_.descriptor(); }

 private:
  const Signals& signals_;
  Impatience impatience_{};
  bool gives_up_ = false;
};

/// Undoes the journal, calls by `caller`. What could not be undone, each of it, stays listed for slipway clean.
std::vector<Error> take_back(Journal& journal, const plan::Caller* caller, LateSignals& signals);

}  // namespace slipway::run
