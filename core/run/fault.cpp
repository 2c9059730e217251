#include "core/run/fault.hpp"

#include <algorithm>

#include "core/steps/steps.hpp"

namespace slipway::run {
namespace {

// The errno or the victim of a wish; false: it is neither.
bool read_act(std::string_view text, FaultWish& wish) {
  if (const auto victim = victim_of(text)) {
    wish.victim = *victim;
    return true;
  }
  const auto code = errno_of(text);
  if (code) wish.code = *code;
  return code.has_value();
}

bool read_number(std::string_view text, FaultWish& wish) {
  for (const char digit : text) {
    if (digit < '0' || digit > '9' || wish.number > plan::kMostSteps) return false;
    wish.number = wish.number * 10 + static_cast<std::uint32_t>(digit - '0');
  }
  return wish.number != 0;
}

bool read_wish(std::string_view text, FaultWish& wish) {
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    wish.type = text.substr(at + 1);
    return !wish.type.empty() && read_act(text.substr(0, at), wish);
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !read_act(text.substr(colon + 1), wish)) return false;
  if (const auto moment = moment_of(text.substr(0, colon))) {
    wish.moment = *moment;
    return wish.victim != Victim::none;
  }
  return read_number(text.substr(0, colon), wish);
}

}  // namespace

Result<FaultWish> parse_fault(std::string_view text) {
  FaultWish wish;
  if (text == "leaks@call") {
    wish.is_for_leaks = true;
    return wish;
  }
  if (read_wish(text, wish)) return wish;
  return failure(0, "--fault takes a step and an errno", std::string(text),
                 "as in 17:ENOSPC, ENODEV@overlay, 17:kill-child, planned:kill-supervisor or leaks@call");
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
  const plan::PlannedStep& step = plan.steps[number - 1];
  // A call inside of the container ends with the child.
  const bool has_worker = std::holds_alternative<steps::Unpack>(step.step) ||
                          (std::holds_alternative<steps::Call>(step.step) && step.phase < steps::Phase::mount);
  if (wish.victim == Victim::worker && !has_worker) return std::nullopt;
  return Fault{number, wish.code, wish.victim};
}

Result<Fault> aim(const FaultWish& wish, const plan::Plan& plan) {
  if (wish.moment != Moment::none || wish.is_for_leaks) return Fault{};
  const auto fault = fault_in(plan, wish);
  if (!fault) return failure(0, "the plan has no such step to make fail", wish.type, "slipway plan lists its steps");
  // The process of a call is killed at its own step; see Supervisor::carry_out().
  const bool is_of_call = std::holds_alternative<steps::Call>(plan.steps[fault->step - 1].step);
  if (fault->victim != Victim::worker || is_of_call) return *fault;
  wish_kill(Moment::unpacking, Victim::worker);
  return Fault{};
}

}  // namespace slipway::run
