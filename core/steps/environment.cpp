#include <algorithm>
#include <cerrno>

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

bool takes_away(std::string_view variable) { return variable.find('=') == std::string_view::npos; }

// In the order given; a name alone leaves itself, so that no default comes in its place.
void take(std::vector<std::string>& environment, const std::vector<std::string>& variables) {
  for (const std::string& variable : variables) set(environment, variable);
}

std::string problem_of_variable(const std::string& variable) {
  if (variable.empty() || variable.front() == '=')
    return "\"" + printable(variable, 64) + "\" is not NAME=VALUE, nor a NAME to take away";
  if (variable.find('\0') != std::string::npos) return "\"" + printable(variable, 64) + "\" holds a NUL byte";
  return {};
}

void set_default(std::vector<std::string>& environment, const std::string& variable) {
  const bool known = std::any_of(environment.begin(), environment.end(),
                                 [&](const std::string& one) { return name_of(one) == name_of(variable); });
  if (!known) environment.push_back(variable);
}

}  // namespace

std::string summary(const Environment& step) {
  const auto counted = [](std::size_t count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
  };
  std::string text = counted(step.base.size() + step.variables.size(), "variable");
  if (!step.files.empty()) text += ", " + counted(step.files.size(), "file");
  return text + (step.defaults == EnvDefaults::standard ? " and the defaults" : "");
}

std::string problem_of(const Environment& step) {
  for (const std::vector<std::string>* list : {&step.base, &step.variables}) {
    for (const std::string& variable : *list) {
      if (std::string problem = problem_of_variable(variable); !problem.empty()) return problem;
    }
  }
  for (const std::string& file : step.files) {
    if (!file.starts_with('/')) return "the file \"" + printable(file, 128) + "\" is no absolute path";
  }
  return {};
}

Result<void> apply(const Environment& step, Inside& inside) {
  // Before the plan comes here, its supervisor puts what the files have into `base`.
  if (!step.files.empty()) return failure(EINVAL, "read the environment's files", step.files.front());
  inside.environment.clear();
  take(inside.environment, step.base);
  take(inside.environment, step.variables);
  if (step.defaults == EnvDefaults::standard) {
    set_default(inside.environment, std::string("PATH=") + kDefaultPath);
    set_default(inside.environment, "HOME=" + inside.home);
    if (!inside.term.empty()) set_default(inside.environment, "TERM=" + inside.term);
  }
  std::erase_if(inside.environment, takes_away);
  return {};
}

}  // namespace slipway::steps
