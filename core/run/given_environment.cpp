#include "core/run/given_environment.hpp"

#include <algorithm>

namespace slipway::run {
namespace {

// Nobody types the first letter, and an image that has such a word gains nothing: it is a variable that is given
// anyway.
constexpr std::string_view kWord = "\x7f-e ";

bool gives_value(const config::Override& change) {
  return change.kind == config::Override::Kind::environment && change.value.find('=') != std::string::npos;
}

std::string veil(const config::Override& change, std::size_t index) {
  return change.value.substr(0, change.value.find('=') + 1).append(kWord) + std::to_string(index);
}

void fill_in(std::vector<std::string>& variables, const config::Request& request) {
  for (std::size_t i = 0; i < request.overrides.size(); ++i) {
    const config::Override& change = request.overrides[i];
    if (gives_value(change)) std::replace(variables.begin(), variables.end(), veil(change, i), change.value);
  }
}

}  // namespace

bool gives_values(const config::Request& request) {
  return std::any_of(request.overrides.begin(), request.overrides.end(), gives_value);
}

config::Request veiled(const config::Request& request) {
  config::Request copy = request;
  for (std::size_t i = 0; i < copy.overrides.size(); ++i) {
    if (gives_value(copy.overrides[i])) copy.overrides[i].value = veil(copy.overrides[i], i);
  }
  return copy;
}

Result<std::string> with_values(std::string child_steps, const config::Request& request) {
  if (!gives_values(request)) return child_steps;
  auto steps = plan::child_steps_from(child_steps);
  if (!steps) return tl::unexpected(steps.error());
  for (plan::NumberedStep& step : *steps) {
    if (auto* environment = std::get_if<steps::Environment>(&step.step)) fill_in(environment->variables, request);
  }
  return plan::child_steps_bytes(*steps);
}

bool uses_values_elsewhere(const plan::Plan& plan, const config::Request& request) {
  if (!gives_values(request)) return false;
  plan::Plan others = plan;
  for (plan::PlannedStep& step : others.steps) {
    auto* environment = std::get_if<steps::Environment>(&step.step);
    if (environment == nullptr) continue;
    std::erase_if(environment->variables, [&](const std::string& variable) {
      for (std::size_t i = 0; i < request.overrides.size(); ++i) {
        if (gives_value(request.overrides[i]) && variable == veil(request.overrides[i], i)) return true;
      }
      return false;
    });
  }
  return plan::plan_bytes(others).find(kWord) != std::string::npos;
}

}  // namespace slipway::run
