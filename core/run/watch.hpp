// The supervisor while the container's first process lives: hears what it has to say, passes signals on, sees its end.
#pragma once

#include <poll.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/linux/process.hpp"
#include "core/run/ending.hpp"
#include "core/run/failure.hpp"
#include "core/run/orphans.hpp"
#include "core/run/signals.hpp"
#include "core/run/terminal.hpp"
#include "core/run/wire.hpp"

namespace slipway::run {

class Watch {
 public:
  /// What the child says of a step: nullopt when that ends nothing.
  using Hear = std::function<std::optional<Failure>(const ChildMessage&)>;

  /// Called once, when the child has become its program (or is dead).
  using Begun = std::function<void()>;

  /// All of them outlive it. `ending` is slipway's own of the container. `early_signals` came before the child had its
  /// plan, and are passed on once there is a program. `message` is for the user's terminal, if this process is killed
  /// while the container has one of its own.
  Watch(linux::Process& child, const Orphans& orphans, linux::Fd& control, const Signals& signals, Ending& ending,
        std::vector<int> early_signals, Hear hear, Begun begun, std::string message)
      : child_(child),
        orphans_(orphans),
        control_(control),
        signals_(signals),
        ending_(ending),
        early_signals_(std::move(early_signals)),
        hear_(std::move(hear)),
        begun_(std::move(begun)),
        message_(std::move(message)) {}

  /// Until the end of the child: the program's status as a shell has it, or 128 and the number of a signal that asked
  /// for the end before there was a program.
  tl::expected<int, Failure> until_end();
  /// The child died before it could take its plan: what it said last is the reason.
  Failure last_words();
  /// How the child ended, once it has been waited for.
  [[nodiscard]] const std::optional<linux::Ending>& ending() const { return ended_; }

 private:
  void fill(std::span<pollfd> watched, int ends) const;
  Failure cannot_wait(int code);
  void hear_child();
  void cut_off();
  void program_runs();
  void take_signals();
  void pass_on(int signal);
  [[nodiscard]] int patience_ms() const;
  bool end_where_due();
  void ask_to_end_early(int signal);
  void suspend();
  void count_keys(int interrupts);
  tl::expected<int, Failure> ended();

  linux::Process& child_;
  const Orphans& orphans_;
  linux::Fd& control_;
  const Signals& signals_;
  Ending& ending_;
  std::vector<int> early_signals_;
  Hear hear_;
  Begun begun_;
  std::string message_;
  std::unique_ptr<Terminal> terminal_{};  ///< where the container has one of its own
  std::optional<Failure> failed_{};
  std::optional<linux::Ending> ended_{};
  bool cut_off_ = false;           ///< the child's last word was
  int asked_to_end_ = 0;           ///< the signal that came before there was a program
  Impatience impatience_{};        ///< of who sends signals
  Impatience typed_impatience_{};  ///< and of who presses keys
};

}  // namespace slipway::run
