// Steps that are made to fail, so that cleaning up can be tested at each of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/plan/plan.hpp"
#include "core/report/report.hpp"
#include "core/run/wire.hpp"

namespace slipway::run {

/// "17:ENOSPC" makes step 17 fail, "ENODEV@overlay" the first overlay step.
struct FaultWish {
  std::uint32_t number = 0;  ///< 0: by type
  std::string type{};
  int code = 0;
};
Result<FaultWish> parse_fault(std::string_view text);
/// The step of a plan that the wish means; nullopt where the plan has none.
std::optional<Fault> fault_in(const plan::Plan& plan, const FaultWish& wish);

}  // namespace slipway::run
