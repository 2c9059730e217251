#include "core/run/calls.hpp"

#include <algorithm>
#include <cerrno>

#include "core/linux/namespaces.hpp"
#include "core/run/moments.hpp"

namespace slipway::run {
namespace {

CallRecord record_of(const steps::Call& call, steps::Phase phase, const plan::Library& library) {
  return {
      library, call.function, phase, static_cast<std::uint32_t>(call.timeout), call.inputs.size(), call.arguments.text};
}

}  // namespace

Result<linux::Fd> Calls::input(const std::string& name, const Results& results) {
  if (const auto found = results.find(name); found != results.end()) return linux::duplicate(found->second);
  if (name == "pidfd") return linux::duplicate(first_.process().pidfd);
  // "netns": the kernel's words are "net", "user" and "mnt".
  constexpr std::size_t kSuffix = 2;
  return linux::open_namespace_of(first_.process().pid,
                                  name == "mntns" ? "mount" : name.substr(0, name.size() - kSuffix));
}

Result<std::vector<linux::Fd>> Calls::inputs_of(const steps::Call& call, const Results& results) {
  std::vector<linux::Fd> inputs;
  for (const steps::Reference& reference : call.inputs) {
    auto fd = input(reference.name, results);
    if (!fd) return tl::unexpected(fd.error());
    inputs.push_back(std::move(*fd));
  }
  return inputs;
}

Result<linux::Fd> Calls::make(const plan::PlannedStep& step, const Results& results, Journal& journal) {
  const auto& call = std::get<steps::Call>(step.step);
  const plan::Library* library = caller_ == nullptr ? nullptr : caller_->library(step.owner.plugin);
  if (library == nullptr) return failure(0, "call a function of a plugin that is not loaded", step.owner.plugin);
  auto inputs = inputs_of(call, results);
  if (!inputs) return tl::unexpected(inputs.error());
  Calling calling{library->plugin,
                  {call.function, call.arguments.text, step.phase, false, {}},
                  static_cast<std::uint32_t>(call.timeout),
                  !step.common.as.empty()};
  for (const linux::Fd& input : *inputs) calling.words.inputs.push_back(input.get());
  if (call.undo == steps::Undo::called) {
    if (auto noted = journal.add(record_of(call, step.phase, *library)); !noted) return tl::unexpected(noted.error());
  }
  const auto announce = [&](const linux::Process& process) -> Result<void> {
    // So that nobody takes it back while it is still at it.
    if (auto noted = journal.add(process_of_call(process.pid, static_cast<std::uint32_t>(call.timeout))); !noted)
      return noted;
    may_be_killed(Victim::worker, process);
    reached(Moment::calling);
    return {};
  };
  auto result = call_apart(
      calling, [this]() -> Result<const plan::Caller*> { return caller_; }, interruption_, announce,
      [&](const plan::CallAnswer::Report& report) { tell_(finding_of(step, report)); });
  may_be_killed(Victim::worker, {});
  if (result) reached(Moment::called);
  return result;
}

tl::expected<void, Failure> Calls::wait_for_namespaces(
    const std::function<std::optional<Failure>(const ChildMessage&)>& hear) {
  constexpr const char* kDoing = "wait for the container's namespaces";
  while (true) {
    if (auto said = wait_for_input(first_.control(), interruption_, kDoing); !said)
      return tl::unexpected(failure_of(said.error()));
    auto message = receive_message(first_.control());
    if (!message) return tl::unexpected(failure_of(message.error()));
    if (!*message) return tl::unexpected(failure_of(Error{0, kDoing, "its first process has ended", ""}));
    if ((**message).kind == ChildMessage::Kind::ready) return {};
    if (auto failed = hear(**message)) return tl::unexpected(std::move(*failed));
  }
}

bool is_call(const plan::PlannedStep& step) { return std::holds_alternative<steps::Call>(step.step); }

bool has_steps(const plan::Plan& plan, steps::Phase phase) {
  return std::any_of(plan.steps.begin(), plan.steps.end(),
                     [phase](const plan::PlannedStep& step) { return step.phase == phase; });
}

Finding finding_of(const plan::PlannedStep& step, const plan::CallAnswer::Report& report) {
  return {report.severity, step.owner.place, "", step.owner.plugin + ": " + printable(report.message),
          printable(report.hint)};
}

Result<void> undo_call(const CallRecord& record, const GetCaller& caller, const Interruption& interruption,
                       const Announce& note) {
  const Calling calling{record.library.plugin,
                        {record.function, record.arguments, record.phase, true, std::vector<int>(record.inputs, -1)},
                        record.timeout_s,
                        false};
  const auto announce = [&note](const linux::Process& process) -> Result<void> {
    if (auto noted = note ? note(process) : Result<void>(); !noted) return noted;
    may_be_killed(Victim::worker, process);
    reached(Moment::undoing);
    return {};
  };
  const auto undone = call_apart(calling, caller, interruption, announce, {});
  may_be_killed(Victim::worker, {});
  if (undone) return {};
  return failure(0, "take back " + to_text(record) + ": " + sentence(undone.error()), "", undone.error().hint);
}

}  // namespace slipway::run
