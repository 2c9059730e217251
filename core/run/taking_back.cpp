#include "core/run/taking_back.hpp"

#include <cerrno>

#include "core/linux/clock.hpp"
#include "core/run/calls.hpp"
#include "core/run/removal.hpp"

namespace slipway::run {
namespace {

Error given_up(const std::string& what) {
  return {0, what, "the end was asked for three times within two seconds", "slipway clean takes it back later"};
}

}  // namespace

bool LateSignals::give_up() {
  while (const auto signal = signals_.next()) {
    if (*signal == SIGTSTP) stop_here();
    gives_up_ = impatience_.counts(*signal, linux::monotonic_ns()) || gives_up_;
  }
  return gives_up_;
}

std::vector<Error> take_back(Journal& journal, const plan::Caller* caller, LateSignals& signals) {
  std::vector<Error> problems;
  const Interruption interruption{&signals.descriptor(), [&] { return signals.give_up(); }};
  const auto told = [&](Result<void> done) {
    if (!done) problems.push_back(done.error());
    return done;
  };
  const auto undo = [&](const CallRecord& call) -> Result<void> {
    const auto note = [&](const linux::Process& process) -> Result<void> {
      // Where there is no room for it, taking back matters more.
      (void)journal.add(process_of_call(process.pid, call.timeout_s));
      return {};
    };
    if (!interruption.comes()) {
      auto undone = undo_call(
          call, [caller]() -> Result<const plan::Caller*> { return caller; }, interruption, note);
      if (undone || !interruption.comes()) return told(std::move(undone));
    }
    return told(tl::unexpected(given_up("take back " + to_text(call))));
  };
  const auto remove = [&](const RunDirectory& record) -> Result<void> {
    if (interruption.comes()) return told(tl::unexpected(given_up("remove what the run wrote")));
    return told(remove_run_directory(record));
  };
  // Calls and directories have told of themselves; what is left is the journal's own.
  if (auto undone = journal.undo(remove, undo); !undone && problems.empty()) problems.push_back(undone.error());
  return problems;
}

}  // namespace slipway::run
