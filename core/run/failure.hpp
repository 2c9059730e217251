// How a run fails: its exit status and what to tell, made out of an error and the step that it befell.
#pragma once

#include <cstdint>

#include "core/plan/plan.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

/// What slipway exits with for a failure of its own, as opposed to the program's.
inline constexpr int kOwnFailure = 125;
/// And, plus the signal's number, where a signal ended it or the program.
inline constexpr int kKilled = 128;

/// What the run could not do, told with owner and place; `status` is what slipway exits with.
struct Failure {
  int status = kOwnFailure;
  Findings findings{};
};

Failure failure_of(const Error& error, int status = kOwnFailure);

/// Stage, plugin, step and reason in one sentence: "rootfs: fs-overlay: step 9, overlay: …: mount overlay: No space …".
Failure failure_of(const plan::PlannedStep& step, std::uint32_t number, const Error& error, int status);

}  // namespace slipway::run
