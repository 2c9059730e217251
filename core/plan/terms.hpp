// What of a plan the supervisor itself has to know about the program, so that it need not unpack the child's steps.
#pragma once

#include <cstdint>

#include "core/plan/plan.hpp"

namespace slipway::plan {

struct Terms {
  std::uint32_t stop_signal = 15;
  std::uint32_t stop_timeout_s = 10;
  bool ends_with_terminal = false;
  bool ends_with_parent = false;
  std::uint32_t preserve_fds = 0;  ///< descriptors of the caller's from 3 on
  bool reads_files = false;        ///< the environment has files
};

Terms terms_of(const Plan& plan);

}  // namespace slipway::plan
