#include "core/run/watch.hpp"

#include <poll.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "core/linux/clock.hpp"
#include "core/run/container_process.hpp"
#include "core/run/moments.hpp"

namespace slipway::run {
namespace {

Failure died_early(const linux::Process& child) {
  const auto ending = linux::ending_of(child);
  const int signal = ending ? ending->signal : 0;
  Error error{0, "the container's process ended before it became the program", "", ""};
  if (signal != 0) error.subject = "killed by signal " + std::to_string(signal);
  if (signal == SIGKILL) error.hint = "is there too little memory? see the kernel's log: dmesg";
  return failure_of(error);
}

}  // namespace

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
      if (!control_) begin();
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
  return died_early(child_);
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
void Watch::begin() {
  begun_();
  reached(Moment::running);
  for (const int signal : std::exchange(early_signals_, {})) (void)linux::send_signal(child_, signal);
}

tl::expected<int, Failure> Watch::ended(std::optional<Failure> failed) {
  // Not yet waited for, it can still be asked what it was.
  const auto seen = linux::ending_of(child_);
  if (!failed && seen && seen->signal != 0 && !was_program(child_.pid)) failed = died_early(child_);
  auto ending = linux::wait_for(child_);
  child_.pidfd.reset();
  if (failed) return tl::unexpected(std::move(*failed));
  if (!ending) return tl::unexpected(failure_of(ending.error()));
  return ending->shell_status();
}

}  // namespace slipway::run
