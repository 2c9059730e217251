// Steps that are made to fail, and processes that are killed at a step or between two, so that cleaning up can be
// tested at each of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/plan/plan.hpp"
#include "core/report/report.hpp"
#include "core/run/moments.hpp"
#include "core/run/wire.hpp"

namespace slipway::run {

/// "leaks@call" makes the run fail at a call whose function leaves descriptors open in its process; nobody needs to
/// mind them, as the process ends, but `slipway plugin check` tells of them. "17:ENOSPC" makes step 17 fail,
/// "ENODEV@overlay" the first overlay step; "17:kill-supervisor" and "kill-child@overlay" kill instead, before the step
/// acts; "planned:kill-child" does so at a moment between steps.
struct FaultWish {
  std::uint32_t number = 0;  ///< 0: by type, or at a moment
  std::string type{};
  int code = 0;
  Victim victim = Victim::none;
  Moment moment = Moment::none;
  bool is_for_leaks = false;
};
Result<FaultWish> parse_fault(std::string_view text);
/// The step of a plan that the wish means; nullopt where the plan has none. A worker is at work only where layers are
/// unpacked, and where a function of a plugin's is called outside of the container.
std::optional<Fault> fault_in(const plan::Plan& plan, const FaultWish& wish);
/// The same for a run: none for a wish at a moment, or of a worker, whose end is wished for here; an error without
/// step.
Result<Fault> aim(const FaultWish& wish, const plan::Plan& plan);

}  // namespace slipway::run
