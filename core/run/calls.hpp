// The supervisor's share of calls: those of the prepare and attach phases, outside of the container, and taking them
// back.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "core/linux/fd.hpp"
#include "core/plan/plan.hpp"
#include "core/run/calling.hpp"
#include "core/run/failure.hpp"
#include "core/run/first_process.hpp"
#include "core/run/journal.hpp"
#include "core/run/wire.hpp"

namespace slipway::run {

class Calls {
 public:
  using Results = std::map<std::string, linux::Fd>;
  using Tell = std::function<void(const Finding&)>;
  /// All of them outlive it. `caller` may be null where the plan has no call.
  Calls(const plan::Caller* caller, FirstProcess& first, const Interruption& interruption, Tell tell)
      : caller_(caller), first_(first), interruption_(interruption), tell_(std::move(tell)) {}

  /// Its result; listed in the journal before it acts, unless it leaves nothing to take back. `results`: of the steps
  /// so far.
  Result<linux::Fd> make(const plan::PlannedStep& step, const Results& results, Journal& journal);

  /// Waits until the container's process has its namespaces, which are what a call of the attach phase is for. What
  /// else it says is for `hear`: a failure ends the run.
  tl::expected<void, Failure> wait_for_namespaces(
      const std::function<std::optional<Failure>(const ChildMessage&)>& hear);

 private:
  Result<std::vector<linux::Fd>> inputs_of(const steps::Call& call, const Results& results);
  Result<linux::Fd> input(const std::string& name, const Results& results);

  const plan::Caller* caller_;
  FirstProcess& first_;
  const Interruption& interruption_;
  Tell tell_;
};

bool is_call(const plan::PlannedStep& step);
bool has_steps(const plan::Plan& plan, steps::Phase phase);

/// What a call's function reports, with the place of the step.
Finding finding_of(const plan::PlannedStep& step, const plan::CallAnswer::Report& report);

/// Has the function take back what it did, from what the journal says of it alone. `note`: the process is there, and
/// waits. An error, too, when `interruption` comes.
Result<void> undo_call(const CallRecord& record, const GetCaller& caller, const Interruption& interruption = {},
                       const Announce& note = {});

}  // namespace slipway::run
