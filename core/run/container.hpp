// Runs one container: the supervisor, from a pipeline to the program's exit status, with nothing left behind.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "core/plan/plan.hpp"
#include "core/report/report.hpp"
#include "core/run/cold_start.hpp"
#include "core/run/failure.hpp"
#include "core/run/fault.hpp"
#include "core/run/head_start.hpp"

namespace slipway::run {

/// A step was carried out.
struct Event {
  std::uint32_t number = 0;  ///< in the plan, from 1
  const plan::PlannedStep* step = nullptr;
  std::uint64_t nanoseconds = 0;
};

struct Wishes {
  std::string store{};                              ///< path; empty: the default one
  std::optional<FaultWish> fault{};                 ///< for tests: a step that fails instead of acting
  std::function<void(const std::string&)> begun{};  ///< called once with the run's id
  std::function<void(const Event&)> on_event{};     ///< unset: steps are not timed
  std::function<void(const Finding&)> on_warning{};
};

/// The program's exit status, 128 + n when signal n killed it, or slipway before there was a program.
tl::expected<int, Failure> run_container(const config::Request& request, const Wishes& wishes, HeadStart head,
                                         MakeColdStart make_cold);

}  // namespace slipway::run
