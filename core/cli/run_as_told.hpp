// The run that a command line asks for, told as the two programs each can.
#pragma once

#include <functional>

#include "core/cli/run_words.hpp"
#include "core/cli/timing.hpp"
#include "core/run/container.hpp"

namespace slipway::cli {

/// How what happens is told.
struct Telling {
  std::function<void(const Finding&)> finding{};
  std::function<void(const Timing&)> timing{};
  std::function<void(const std::string& path)> kept{};  ///< a directory that outlives its run
};

/// Asked once the first process is on its way, so that what it needs costs no time; may wish for more to be told.
using MakeTelling = std::function<Telling(run::Wishes&)>;

/// The exit status. run::kNeedsColdStart, and nothing told, where `cold` is none and the store has no record of this
/// start. `early`: HeadStart::make().
int run_as_told(RunWords words, const MakeTelling& make_telling, run::MakeColdStart cold, run::FirstProcess early = {});

}  // namespace slipway::cli
