#include "core/run/watch.hpp"

#include <poll.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <span>

#include "core/linux/clock.hpp"
#include "core/run/container_process.hpp"
#include "core/run/failure.hpp"
#include "core/run/moments.hpp"
#include "core/run/suspension.hpp"

namespace slipway::run {
namespace {

Failure died_early(const linux::Process& child) {
  const auto ending = linux::ending_of(child);
  const int signal = ending ? ending->signal : 0;
  Error error{0, "the container's process ended before it became the program", "", ""};
  if (signal != 0)
    error.subject = "killed by signal " + std::to_string(signal);
  else if (ending)
    error.subject = "exit status " + std::to_string(ending->exit_status);
  if (signal == SIGKILL) error.hint = "is there too little memory? see the kernel's log: dmesg";
  return failure_of(error);
}

}  // namespace

tl::expected<int, Failure> Watch::until_end() {
  constexpr std::size_t kOwn = 5;
  std::array<pollfd, kOwn + Terminal::kWatched> watched{};
  const auto of_terminal = std::span(watched).subspan<kOwn>();
  std::optional<ChildEnds> ends;
  if (orphans_.adopts()) {
    ends.emplace();
    orphans_.reap(child_.pid);  // those of whose end nobody was told
  }
  while (true) {
    fill(watched, ends ? ends->descriptor().get() : -1);
    if (terminal_) terminal_->fill(of_terminal);
    const nfds_t count = terminal_ ? watched.size() : kOwn;
    if (::poll(watched.data(), count, patience_ms()) < 0) {
      if (errno == EINTR) continue;
      return tl::unexpected(cannot_wait(errno));
    }
    if (watched[0].revents != 0) {
      hear_child();
      continue;  // all that it said comes before its end
    }
    if (watched[2].revents != 0) take_signals();
    if (watched[4].revents != 0) end_where_due();
    ending_.go_on(child_);
    if (watched[1].revents != 0) return ended();
    if (watched[3].revents != 0) {
      ends->clear();
      orphans_.reap(child_.pid);
    }
    if (terminal_) count_keys(terminal_->serve(of_terminal));
  }
}

void Watch::fill(std::span<pollfd> watched, int ends) const {
  const std::array own = {control_.get(), child_.pidfd.get(), signals_.descriptor().get(), ends,
                          ending_.has_begun() ? -1 : ending_.descriptor().get()};
  for (std::size_t i = 0; i < own.size(); ++i) watched[i] = {own.at(i), POLLIN, 0};
}

// What cannot be watched over does not go on.
Failure Watch::cannot_wait(int code) {
  if (!control_) ending_.carry_out(child_);
  return failure_of(Error{code, "wait for the container", "", ""});
}

Failure Watch::last_words() {
  while (control_ && !failed_) hear_child();
  if (failed_) return std::move(*failed_);
  return died_early(child_);
}

void Watch::hear_child() {
  auto message = receive_message(control_);
  if (!message) return cut_off();
  if (!*message) {
    control_.reset();  // it has become the program, or is dead
    begun_();
    reached(Moment::running);
    if (!failed_ && asked_to_end_ == 0) program_runs();
    return;
  }
  if ((**message).kind != ChildMessage::Kind::terminal) {
    if (auto told = hear_(**message)) failed_ = std::move(told);
    return;
  }
  auto pair = receive_terminal(control_);
  if (pair) {
    terminal_ = std::make_unique<Terminal>(std::move(*pair), message_);
  } else if (pair.error().code == 0) {
    cut_off();
  } else {
    failed_ = failure_of(pair.error());
    (void)linux::send_signal(child_, SIGKILL);
  }
}

// It was killed while it said something. One that lives all the same cannot be understood any more.
void Watch::cut_off() {
  constexpr int kItEnds_ms = 1000;
  cut_off_ = true;
  control_.reset();
  pollfd end{child_.pidfd.get(), POLLIN, 0};
  if (::poll(&end, 1, kItEnds_ms) == 0) (void)linux::send_signal(child_, SIGKILL);
}

void Watch::program_runs() {
  if (terminal_) terminal_->begin();
  if (end_where_due()) return;
  // What was meant for the container before it had its program.
  for (const int signal : std::exchange(early_signals_, {})) (void)linux::send_signal(child_, signal);
}

void Watch::take_signals() {
  // A signal may come because of what the program said or did, and is then no signal from before its beginning.
  while (control_ && linux::has_input(control_)) hear_child();
  while (const auto signal = signals_.next()) {
    if (*signal == SIGTSTP) {
      suspend();
    } else if (*signal == SIGHUP && end_where_due()) {
      // A hang-up that the container is to end with is told to it by its stop signal alone.
    } else if (control_ && asks_to_end(*signal)) {
      ask_to_end_early(*signal);
    } else if (control_) {
      early_signals_.push_back(*signal);
    } else {
      pass_on(*signal);
    }
  }
}

// The first process of a pid namespace does not hear of a signal before it has a handler, so it would be lost.
void Watch::ask_to_end_early(int signal) {
  asked_to_end_ = signal;
  (void)linux::send_signal(child_, SIGKILL);
}

int Watch::patience_ms() const {
  const int copying = terminal_ ? terminal_->patience_ms() : -1;
  const int ending = ending_.patience_ms();
  return copying < 0 || (ending >= 0 && ending < copying) ? ending : copying;
}

// Whether what the container is to end with has gone, now or before.
bool Watch::end_where_due() {
  if (ending_.has_begun()) return true;
  const int signal = ending_.due();
  if (signal == 0) return false;
  if (control_)
    ask_to_end_early(signal);
  else
    ending_.begin(child_);
  return true;
}

void Watch::pass_on(int signal) {
  if (terminal_ && signal == SIGCONT) terminal_->go_on();
  if (terminal_ && signal == SIGWINCH) return terminal_->resize();  // of which the kernel tells the program
  const bool enough = impatience_.counts(signal, linux::monotonic_ns());
  (void)linux::send_signal(child_, enough ? SIGKILL : signal);
}

// The key goes inside and is the program's business; only where it would have no effect at all is it an end.
void Watch::count_keys(int interrupts) {
  bool is_enough = false;
  for (; interrupts > 0; --interrupts) is_enough = typed_impatience_.counts(SIGINT, linux::monotonic_ns());
  if (is_enough && terminal_->ignores_interrupts(child_.pid)) (void)linux::send_signal(child_, SIGKILL);
}

// Stops the container and this process with it, as a job of the user's shell. What comes after stop_here() happens once
// the shell lets it go on, in the foreground or not.
void Watch::suspend() {
  const Suspension standing_still(child_, orphans_);
  if (terminal_) terminal_->pause();
  stop_here();
  if (!terminal_) return;
  terminal_->go_on();
  if (!control_) terminal_->redraw();
}

tl::expected<int, Failure> Watch::ended() {
  if (terminal_ && !failed_ && asked_to_end_ == 0) terminal_->drain(signals_, ending_);
  // Not yet waited for, it can still be asked what it was.
  const auto seen = linux::ending_of(child_);
  // What ends with this status has mostly said why; where that was lost, nobody else would tell.
  const bool may_be_early = seen && (seen->signal != 0 || seen->exit_status == kOwnFailure);
  if (!failed_ && (cut_off_ || (may_be_early && !was_program(child_.pid)))) failed_ = died_early(child_);
  auto ending = linux::wait_for(child_);
  child_.pidfd.reset();
  if (ending) ended_ = *ending;
  if (asked_to_end_ != 0) return kKilled + asked_to_end_;
  if (failed_) return tl::unexpected(std::move(*failed_));
  if (!ending) return tl::unexpected(failure_of(ending.error()));
  return ending->shell_status();
}

}  // namespace slipway::run
