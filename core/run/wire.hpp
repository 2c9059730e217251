// What supervisor and child say to each other over the control socket: a byte stream, ended by the child's exec.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/linux/terminal.hpp"
#include "core/report/report.hpp"
#include "core/run/child_terminal.hpp"
#include "core/run/moments.hpp"

namespace slipway::run {

/// A step that fails on purpose instead of acting, or before which somebody is killed; number 0 is none.
struct Fault {
  std::uint32_t step = 0;
  std::int32_t code = 0;
  Victim victim = Victim::none;
};

/// When the child says how long its steps took: after each of them, which wakes the supervisor as many times; or of all
/// together right before it becomes its program.
enum class Times : std::uint8_t { untold, each, together };

/// What the child is told beside its steps.
struct Orders {
  Fault fault{};
  bool may_set_groups = true;
  bool shifts = false;  ///< results of the prepare phase are detached mounts; see preparing.hpp
  Times times = Times::untold;
  bool has_terminal = false;  ///< the container gets one of its own
  Likeness likeness = Likeness::size_and_modes;
  std::string term{};                   ///< TERM there
  std::vector<std::string> detached{};  ///< results of calls, which are mounts where something is to be mounted of them
};

/// Supervisor to child: the steps as text, the results that they refer to, and the orders.
Result<void> send_plan(const linux::Fd& socket, const std::string& steps,
                       const std::map<std::string, linux::Fd>& results, const Orders& orders);
struct ReceivedPlan {
  std::string steps{};
  Orders orders{};
  std::map<std::string, linux::Fd> results{};
};
Result<ReceivedPlan> receive_plan(const linux::Fd& socket);

/// Child to supervisor. `step` is the step's number in the plan, 0 for what belongs to none.
struct ChildMessage {
  enum class Kind : std::uint8_t { step_done = 1, failed = 2, kill = 3, terminal = 4, note = 5, ready = 6 };
  Kind kind = Kind::failed;
  std::uint8_t status = 125;  ///< failed: what the run exits with; note: its Severity
  std::uint32_t step = 0;
  std::uint64_t nanoseconds = 0;  ///< step_done: how long it took
  Error error{};                  ///< failed, note; texts are cut at 512 bytes
  Victim victim = Victim::none;   ///< kill: nobody can do it from inside, where the supervisor's number is unknown
};
/// As it is sent, for who sends several at once.
std::string to_bytes(const ChildMessage& message);
Result<void> send_message(const linux::Fd& socket, const ChildMessage& message);
/// Kind::terminal, and both ends of the container's terminal behind it, which receive_terminal() takes.
Result<void> send_terminal(const linux::Fd& socket, const linux::TerminalPair& pair);
Result<linux::TerminalPair> receive_terminal(const linux::Fd& socket);
/// nullopt: the child has closed its end, by exec or by dying.
Result<std::optional<ChildMessage>> receive_message(const linux::Fd& socket);

}  // namespace slipway::run
