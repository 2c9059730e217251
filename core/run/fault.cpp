#include "core/run/fault.hpp"

#include <algorithm>

#include "core/steps/steps.hpp"

namespace slipway::run {

Result<FaultWish> parse_fault(std::string_view text) {
  constexpr const char* kHint = "as in 17:ENOSPC or ENODEV@overlay";
  FaultWish wish;
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    const auto code = errno_of(text.substr(0, at));
    if (!code || at + 1 == text.size())
      return failure(0, "--fault takes a step and an errno", std::string(text), kHint);
    wish.code = *code;
    wish.type = text.substr(at + 1);
    return wish;
  }
  const std::size_t colon = text.find(':');
  const auto code = colon == std::string_view::npos ? std::nullopt : errno_of(text.substr(colon + 1));
  for (const char digit : text.substr(0, colon)) {
    if (digit < '0' || digit > '9' || wish.number > plan::kMostSteps) {
      return failure(0, "--fault takes a step and an errno", std::string(text), kHint);
    }
    wish.number = wish.number * 10 + static_cast<std::uint32_t>(digit - '0');
  }
  if (!code || wish.number == 0) return failure(0, "--fault takes a step and an errno", std::string(text), kHint);
  wish.code = *code;
  return wish;
}

std::optional<Fault> fault_in(const plan::Plan& plan, const FaultWish& wish) {
  std::uint32_t number = wish.number;
  if (number == 0) {
    const auto found = std::find_if(plan.steps.begin(), plan.steps.end(), [&](const plan::PlannedStep& step) {
      return steps::type_of(step.step) == wish.type;
    });
    if (found != plan.steps.end()) number = static_cast<std::uint32_t>(found - plan.steps.begin()) + 1;
  }
  if (number < 1 || number > plan.steps.size()) return std::nullopt;
  return Fault{number, wish.code};
}

}  // namespace slipway::run
