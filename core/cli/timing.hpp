// Where the time of a run went, by phase and stage: what `--timing` prints.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "core/run/container.hpp"

namespace slipway::cli {

class Timing {
 public:
  void span(run::Span span, std::uint64_t nanoseconds);
  void step(const run::Event& event);
  void begun(const run::Beginning& beginning);

  /// A table in microseconds; empty when the run did not come so far.
  [[nodiscard]] std::string to_table() const;
  /// The same for a program: "recorded": …, "spans": {…}, "phases": {phase: {stage: …}}.
  [[nodiscard]] std::string to_members() const;

 private:
  static constexpr std::size_t kStages = 7, kPhases = 8;
  run::Beginning beginning_{};
  std::array<std::uint64_t, run::kSpans> spans_{};
  std::array<std::array<std::uint64_t, kStages>, kPhases> steps_{};
};

/// Has a run tell it, besides whom it tells already.
void listen(Timing& timing, run::Wishes& wishes);

}  // namespace slipway::cli
