// The modes of the terminal at which the user sits: raw while the container's own terminal shows on it, and as they
// were afterwards, whatever ends the run.
#pragma once

#include <optional>
#include <string>

#include "core/linux/process.hpp"
#include "core/linux/terminal.hpp"

namespace slipway::run {

/// A process that outlives this one by a moment: when this one dies with the terminal still raw, it sets the modes back
/// and writes a message. Nothing else can do that after SIGKILL.
class ModesGuard {
 public:
  static Result<ModesGuard> start(int terminal, const termios& raw, const termios& before, const std::string& message);
  ModesGuard(ModesGuard&&) = default;
  ModesGuard& operator=(ModesGuard&&) = default;
  ModesGuard(const ModesGuard&) = delete;
  ModesGuard& operator=(const ModesGuard&) = delete;
  ~ModesGuard() { linux::end_now(process_); }

 private:
  ModesGuard() = default;
  linux::Process process_{};
  linux::Fd life_{};  ///< of this process: its other end says when that is over
};

class UserTerminal {
 public:
  /// `fd` is standard input; it need not be a terminal, and then all of this does nothing.
  UserTerminal(int fd, std::string message) : fd_(fd), message_(std::move(message)), before_(linux::modes_of(fd)) {}
  ~UserTerminal() { give_back(); }
  UserTerminal(const UserTerminal&) = delete;
  UserTerminal& operator=(const UserTerminal&) = delete;

  [[nodiscard]] bool is_terminal() const { return before_.has_value(); }
  /// Whether keys may be read: it is raw by now, or is no terminal.
  [[nodiscard]] bool is_taken() const { return taken_ || !is_terminal(); }
  /// Makes it raw, unless another job has the foreground; also after a SIGSTOP that this process did not see.
  void take();
  void give_back();

 private:
  int fd_;
  std::string message_;
  std::optional<termios> before_;
  std::optional<ModesGuard> guard_{};
  bool taken_ = false;
};

}  // namespace slipway::run
