// One call of a plugin's function, in a process of its own: nothing that the function does to its process (descriptors,
// signals, directory, umask, threads, its end) is done to slipway's. Used by the supervisor and inside the container.
#pragma once

#include <functional>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/plan/caller.hpp"
#include "core/report/report.hpp"
#include "core/run/apart.hpp"
#include "core/run/recorded_image.hpp"

namespace slipway::run {

struct Calling {
  std::string plugin{};
  plan::CallWords words{};
  std::uint32_t timeout_s = 10;
  bool wants_result = false;
};

/// Who enters it, made in the process of the call; nothing may be loaded in the maker's.
using GetCaller = std::function<Result<const plan::Caller*>()>;
/// Comes before the function does: the process is there and waits. An error, and it never runs.
using Announce = std::function<Result<void>(const linux::Process&)>;
/// What the function reports beside the reason of its failure.
using TellReport = std::function<void(const plan::CallAnswer::Report&)>;

/// Its result, where one is wanted. An error is the function's own report, or what has become of its process; EINTR
/// when `interruption` says so. The calling process has one thread.
Result<linux::Fd> call_apart(const Calling& calling, const GetCaller& caller, const Interruption& interruption,
                             const Announce& announce, const TellReport& tell);

}  // namespace slipway::run
