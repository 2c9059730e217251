#include "core/plan/call_room.hpp"

#include "core/steps/steps.hpp"

namespace slipway::plan {

std::optional<Finding> excess_of_calls(const std::vector<PlannedStep>& steps) {
  std::size_t needed = 0;
  for (const PlannedStep& step : steps) {
    needed += steps::journal_bytes_of(step.step, step.phase);
    if (needed <= steps::kMostJournalBytes) continue;
    const std::size_t own = std::get<steps::Call>(step.step).arguments.text.size();
    return Finding{Severity::error, step.owner.place, step.owner.pointer,
                   to_text(step) + " of " + step.owner.name + ": with its " + std::to_string(own) +
                       " bytes of arguments the calls that are taken back need " + std::to_string(needed) +
                       " bytes of the journal, and may have " + std::to_string(steps::kMostJournalBytes),
                   "hand over long data as a descriptor"};
  }
  return std::nullopt;
}

}  // namespace slipway::plan
