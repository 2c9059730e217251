// What tests of this folder refuse to slipway's processes, and to whom.
#pragma once

#include <array>
#include <string>

#include "tests/doctor/host.hpp"

namespace slipway::tests {

inline constexpr std::array kUsers{Who::range, Who::single};
inline constexpr std::array kAll{Who::root, Who::range, Who::single};

/// For --refuse: a system call, perhaps with that first argument, fails with `code`.
inline std::string rule(long call, int code) { return std::to_string(call) + "=" + std::to_string(code); }
inline std::string rule(long call, long argument, int code) {
  return std::to_string(call) + "/" + std::to_string(argument) + "=" + std::to_string(code);
}

}  // namespace slipway::tests
