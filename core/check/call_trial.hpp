// Calls of a plugin's own functions, carried out by runs and taken back by them and by slipway clean. To be used within
// run_apart().
#pragma once

#include <array>
#include <functional>
#include <string_view>

#include "core/check/pipeline.hpp"

namespace slipway::check {

/// In the order in which they are looked at; the first one that fails leaves out the rest.
inline constexpr std::array<std::string_view, 6> kCallChecks{"calls-survive", "calls-succeed", "calls-print-nothing",
                                                             "undo-undoes",   "undo-again",    "calls-leak-nothing"};

/// What is wrong, under the name of a check.
using TellWrong = std::function<void(std::string_view check, const std::string& what)>;

/// Whether there is a call that acts outside of the container, and so is to be taken back.
bool has_outside(const std::vector<TriedStep>& steps);

/// False: something was wrong, or `skip` says why no container can be run here.
bool try_calls(const Pipeline& pipeline, const std::vector<TriedStep>& steps, const TellWrong& tell, std::string& skip);

}  // namespace slipway::check
