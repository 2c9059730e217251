#include "core/plan/terms.hpp"

#include <algorithm>

namespace slipway::plan {
namespace {

bool ends_with(const steps::Exec& exec, steps::EndWith what) {
  return std::find(exec.end_with.begin(), exec.end_with.end(), what) != exec.end_with.end();
}

}  // namespace

Terms terms_of(const Plan& plan) {
  Terms terms;
  for (const PlannedStep& step : plan.steps) {
    if (const auto* environment = std::get_if<steps::Environment>(&step.step))
      terms.reads_files = terms.reads_files || !environment->files.empty();
    const auto* exec = std::get_if<steps::Exec>(&step.step);
    if (exec == nullptr) continue;
    terms.stop_signal = static_cast<std::uint32_t>(exec->stop_signal);
    terms.stop_timeout_s = static_cast<std::uint32_t>(exec->stop_timeout);
    terms.ends_with_terminal = ends_with(*exec, steps::EndWith::terminal);
    terms.ends_with_parent = ends_with(*exec, steps::EndWith::parent);
    terms.preserve_fds = static_cast<std::uint32_t>(exec->preserve_fds);
  }
  return terms;
}

}  // namespace slipway::plan
