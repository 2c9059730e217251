#include "core/run/user_terminal.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>

namespace slipway::run {
namespace {

// In the guard: waits for the other process's end, of which the pipe's end tells.
[[noreturn]] void guard_main(int terminal, int life, const termios& raw, const termios& before,
                             const std::string& message) {
  // A session of its own: no key and no hang-up of the terminal reaches it, and no job control holds it back.
  (void)::setsid();
  (void)::prctl(PR_SET_NAME, "slipway-guard");
  // It holds neither locks nor sockets of the run open, so that these end with the run.
  if (::dup2(terminal, STDIN_FILENO) < 0 || ::dup2(life, STDOUT_FILENO) < 0) ::_exit(1);
  (void)::close_range(STDERR_FILENO, ~0U, 0);
  char byte = 0;
  while (::read(STDOUT_FILENO, &byte, 1) < 0 && errno == EINTR) {
  }
  // A shell that has set its own modes by now knows better.
  const auto now = linux::modes_of(STDIN_FILENO);
  if (now && linux::same_modes(*now, raw) && linux::set_modes(STDIN_FILENO, before)) {
    (void)!::write(STDIN_FILENO, message.data(), message.size());
  }
  ::_exit(0);
}

}  // namespace

Result<ModesGuard> ModesGuard::start(int terminal, const termios& raw, const termios& before,
                                     const std::string& message) {
  auto life = linux::make_pipe();
  if (!life) return tl::unexpected(life.error());
  auto process = linux::clone_process(0);
  if (!process) return tl::unexpected(process.error());
  if (process->pid == 0) guard_main(terminal, life->a.get(), raw, before, message);
  ModesGuard guard;
  guard.process_ = std::move(*process);
  guard.life_ = std::move(life->b);
  return guard;
}

void UserTerminal::take() {
  if (!is_terminal() || !linux::in_foreground(fd_)) return;
  if (!taken_) {
    // It may have been set anew while another job had it, or may be gone.
    before_ = linux::modes_of(fd_);
    if (!before_) return;
    auto guard = ModesGuard::start(fd_, linux::raw(*before_), *before_, message_);
    if (guard) guard_.emplace(std::move(*guard));
  }
  taken_ = linux::set_modes(fd_, linux::raw(*before_));
  if (!taken_) guard_.reset();
}

void UserTerminal::give_back() {
  // In the background the modes are another job's.
  if (taken_ && linux::in_foreground(fd_)) (void)linux::set_modes(fd_, *before_);
  taken_ = false;
  guard_.reset();
}

}  // namespace slipway::run
