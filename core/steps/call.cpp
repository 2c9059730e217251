#include <algorithm>

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

std::size_t journal_bytes_of(const Step& step, Phase phase) {
  constexpr std::size_t kBeside = 1024;
  const auto* call = std::get_if<Call>(&step);
  const bool is_outside = phase == Phase::prepare || phase == Phase::attach;
  if (call == nullptr || !is_outside || call->undo == Undo::none) return 0;
  // These would end a field or a line, and are written as three letters (core/run/journal_text.cpp).
  const std::string& text = call->arguments.text;
  const auto escaped = std::count_if(text.begin(), text.end(),
                                     [](char letter) { return letter == '%' || letter == '\t' || letter == '\n'; });
  return kBeside + text.size() + 2 * static_cast<std::size_t>(escaped);
}

bool is_containers(std::string_view reference, Phase phase) { return host::is_given(reference, phase); }

}  // namespace slipway::steps
