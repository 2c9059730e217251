#include "core/run/failure.hpp"

#include "core/run/explain.hpp"

namespace slipway::run {

Failure failure_of(const Error& plain, int status) {
  const Error error = explain_limits(plain);
  return {status, {{Severity::error, {}, "", sentence(error), error.hint}}};
}

Failure failure_of(const plan::PlannedStep& step, std::uint32_t number, const Error& plain, int status) {
  const Error error = explain_limits(plain);
  std::string message = step.owner.stage + ": " + step.owner.plugin + ": step " + std::to_string(number) + ", " +
                        plan::to_text(step) + ": " + sentence(error);
  if (error.code != 0) message += " (" + errno_name(error.code) + ")";
  // Who typed what the step came from knows no file to look it up in.
  const bool is_typed = step.owner.place.source == Place::Source::command_line;
  return {status,
          {{Severity::error, step.owner.place, is_typed ? "" : step.owner.pointer, std::move(message), error.hint}}};
}

}  // namespace slipway::run
