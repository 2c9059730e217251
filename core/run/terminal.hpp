// The container's own terminal as the supervisor has it: copies between it and the standard streams, follows the size
// of the user's terminal, and hands the keys over while the run has the foreground.
#pragma once

#include <poll.h>

#include <array>
#include <csignal>
#include <span>
#include <string>

#include "core/run/ending.hpp"
#include "core/run/flow.hpp"
#include "core/run/signals.hpp"
#include "core/run/user_terminal.hpp"

namespace slipway::run {

/// Signals that would stop or end this process for what it reads from or writes to, ignored as long as this lives.
class IgnoredSignals {
 public:
  IgnoredSignals();
  ~IgnoredSignals();
  IgnoredSignals(const IgnoredSignals&) = delete;
  IgnoredSignals& operator=(const IgnoredSignals&) = delete;

 private:
  static constexpr std::array<int, 3> kSignals = {SIGPIPE, SIGTTIN, SIGTTOU};
  std::array<struct sigaction, kSignals.size()> before_{};
};

class Terminal {
 public:
  static constexpr std::size_t kWatched = 3;

  /// `pair` comes from the container. `message` is written to the user's terminal if this process is killed.
  Terminal(linux::TerminalPair pair, std::string message);

  /// The program runs: from now on there is something to copy.
  void begin();
  /// What poll(2) is to wait for, at most so many milliseconds (-1: any time).
  void fill(std::span<pollfd> watched) const;
  [[nodiscard]] int patience_ms() const;
  /// After poll(2), with what fill() asked for; how often the user has pressed the key that interrupts, which goes
  /// inside as every key does.
  int serve(std::span<const pollfd> watched);
  /// Whether that key does nothing there; `first` is the container's first process.
  [[nodiscard]] bool ignores_interrupts(pid_t first) const;

  /// SIGWINCH: the user's terminal has another size.
  void resize() const;
  /// Before this process stops, and after it goes on (SIGCONT), wherever that leaves it.
  void pause();
  void go_on();
  /// Has the program draw its screen anew.
  void redraw() const;

  /// All that the container has written is handed on before the end; who asks for the end does not wait for that, and
  /// slipway itself no longer than it waits for the container.
  void drain(const Signals& signals, const Ending& ending);

 private:
  void end_input();
  void hang_up();

  linux::TerminalPair pair_;
  IgnoredSignals ignored_{};
  UserTerminal user_;
  linux::Fd own_input_, own_output_;  ///< standard input and output opened again, where that can be done
  Flow input_, output_;
  bool begun_ = false;
  bool input_over_ = false;
};

}  // namespace slipway::run
