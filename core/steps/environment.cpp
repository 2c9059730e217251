#include <algorithm>

#include "core/steps/steps.hpp"

namespace slipway::steps {
namespace {

constexpr const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string_view name_of(std::string_view variable) { return variable.substr(0, variable.find('=')); }

void set(std::vector<std::string>& environment, const std::string& variable) {
  const auto same = std::find_if(environment.begin(), environment.end(),
                                 [&](const std::string& known) { return name_of(known) == name_of(variable); });
  if (same == environment.end()) {
    environment.push_back(variable);
  } else {
    *same = variable;
  }
}

void set_default(std::vector<std::string>& environment, const std::string& variable) {
  const bool known = std::any_of(environment.begin(), environment.end(),
                                 [&](const std::string& one) { return name_of(one) == name_of(variable); });
  if (!known) environment.push_back(variable);
}

}  // namespace

std::string summary(const Environment& step) {
  const std::size_t count = step.variables.size();
  return std::to_string(count) + (count == 1 ? " variable" : " variables") +
         (step.defaults == EnvDefaults::standard ? " and the defaults" : "");
}

std::string problem_of(const Environment& step) {
  for (const std::string& variable : step.variables) {
    const std::size_t equals = variable.find('=');
    if (equals == 0 || equals == std::string::npos) return "\"" + printable(variable, 64) + "\" is not NAME=VALUE";
    if (variable.find('\0') != std::string::npos) return "\"" + printable(variable, 64) + "\" holds a NUL byte";
  }
  return {};
}

Result<void> apply(const Environment& step, Inside& inside) {
  inside.environment.clear();
  for (const std::string& variable : step.variables) set(inside.environment, variable);
  if (step.defaults == EnvDefaults::standard) {
    set_default(inside.environment, std::string("PATH=") + kDefaultPath);
    set_default(inside.environment, "HOME=" + inside.home);
    if (!inside.term.empty()) set_default(inside.environment, "TERM=" + inside.term);
  }
  return {};
}

}  // namespace slipway::steps
