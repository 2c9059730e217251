#include "core/run/child_calls.hpp"

#include "core/run/calling.hpp"
#include "core/run/wire.hpp"

namespace slipway::run {

std::set<std::string, std::less<>> results_for_seal(const std::vector<plan::NumberedStep>& steps) {
  std::set<std::string, std::less<>> names;
  for (const plan::NumberedStep& step : steps) {
    const auto* call = std::get_if<steps::Call>(&step.step);
    if (call == nullptr || step.phase != steps::Phase::seal) continue;
    for (const steps::Reference& input : call->inputs) names.insert(input.name);
  }
  return names;
}

Result<void> call_inside(const plan::NumberedStep& step, const plan::Caller* caller, steps::Inside& inside,
                         const linux::Fd& control) {
  const auto& call = std::get<steps::Call>(step.step);
  if (caller == nullptr) return failure(0, "call a function of a plugin that is not loaded", step.plugin);
  Calling calling{step.plugin,
                  {call.function, call.arguments.text, step.phase, false, {}},
                  static_cast<std::uint32_t>(call.timeout),
                  !step.as.empty()};
  for (const steps::Reference& reference : call.inputs) {
    auto fd = reference.name == "root" ? &inside.root : inside.result(reference.name);
    if (!fd) return tl::unexpected(fd.error());
    if (!**fd)
      return failure(0, "use the result", "@root", "the container has no root yet: let the call come after it");
    calling.words.inputs.push_back((*fd)->get());
  }
  const auto tell = [&](const plan::CallAnswer::Report& report) {
    (void)send_message(control, {ChildMessage::Kind::note, static_cast<std::uint8_t>(report.severity), step.number, 0,
                                 Error{0, report.message, "", report.hint}});
  };
  auto result = call_apart(
      calling, [caller]() -> Result<const plan::Caller*> { return caller; }, {}, {}, tell);
  if (!result) return tl::unexpected(result.error());
  if (step.as.empty()) return {};
  inside.results.insert_or_assign(step.as, std::move(*result));
  inside.detached.insert(step.as);
  return {};
}

}  // namespace slipway::run
