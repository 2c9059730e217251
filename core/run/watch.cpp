#include "core/run/watch.hpp"

#include <poll.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "core/linux/clock.hpp"

namespace slipway::run {

tl::expected<int, Failure> Watch::until_end() {
  std::optional<Failure> failed;
  while (true) {
    std::array<pollfd, 3> watched{{{control_ ? control_.get() : -1, POLLIN, 0},
                                   {child_.pidfd.get(), POLLIN, 0},
                                   {signals_.descriptor().get(), POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return tl::unexpected(failure_of(Error{errno, "wait for the container", "", ""}));
    }
    if (watched[0].revents != 0) {
      if (auto told = hear_child()) failed = std::move(told);
      if (!control_) {
        begun_();
        pass_early_signals();
      }
      continue;  // all that it said comes before its end
    }
    if (watched[2].revents != 0) pass_signals();
    if (watched[1].revents != 0) return ended(std::move(failed));
  }
}

Failure Watch::last_words() {
  while (control_) {
    if (auto told = hear_child()) return std::move(*told);
  }
  return failure_of(Error{0, "the container's process ended before it had its plan", "", ""});
}

std::optional<Failure> Watch::hear_child() {
  auto message = receive_message(control_);
  if (message && *message) return hear_(**message);
  control_.reset();  // it has become the program, or is dead
  return std::nullopt;
}

void Watch::pass_signals() {
  while (const auto signal = signals_.next()) {
    const bool enough = impatience_.counts(*signal, linux::monotonic_ns());
    (void)linux::send_signal(child_, enough ? SIGKILL : *signal);
  }
}

// What was meant for the container before it had its program.
void Watch::pass_early_signals() {
  for (const int signal : std::exchange(early_signals_, {})) (void)linux::send_signal(child_, signal);
}

tl::expected<int, Failure> Watch::ended(std::optional<Failure> failed) {
  auto ending = linux::wait_for(child_);
  child_.pidfd.reset();
  if (failed) return tl::unexpected(std::move(*failed));
  if (!ending) return tl::unexpected(failure_of(ending.error()));
  return ending->shell_status();
}

}  // namespace slipway::run
