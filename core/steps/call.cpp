#include "core/steps/steps.hpp"
#include "sdk/host/phases.hpp"

namespace slipway::steps {

std::string summary(const Call& step) {
  std::string text = step.function + (step.arguments.text == "{}" ? "()" : "(" + step.arguments.text + ")");
  for (const Reference& input : step.inputs) text += (&input == step.inputs.data() ? " of @" : ", @") + input.name;
  return text;
}

std::string problem_of(const Call& step) {
  constexpr std::size_t kLongestName = 64, kLongestArguments = std::size_t{64} << 10U, kMostInputs = 64;
  constexpr std::int64_t kLongest_s = 3600;
  if (step.function.empty() || step.function.size() > kLongestName) return "function is a word of at most 64 bytes";
  // They stand in the journal.
  if (step.arguments.text.size() > kLongestArguments) {
    return "arguments are " + std::to_string(step.arguments.text.size()) +
           " bytes long; at most 65536 are taken: hand over long data as a descriptor";
  }
  if (step.inputs.size() > kMostInputs) return "inputs are more than 64";
  if (step.timeout < 1 || step.timeout > kLongest_s) return "timeout is not within 1 to 3600 seconds";
  return {};
}

bool is_containers(std::string_view reference, Phase phase) { return host::is_given(reference, phase); }

}  // namespace slipway::steps
