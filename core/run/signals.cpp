#include "core/run/signals.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

namespace slipway::run {
namespace {

sigset_t passed_on() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT, SIGTSTP})
    ::sigaddset(&set, signal);
  return set;
}

}  // namespace

Result<Signals> Signals::take() {
  Signals signals;
  const sigset_t set = passed_on();
  if (::sigprocmask(SIG_BLOCK, &set, &signals.before_) != 0) return failure(errno, "hold back signals");
  signals.holds_ = true;
  signals.descriptor_ = linux::Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals.descriptor_) return failure(errno, "make signals readable");
  return signals;
}

Signals::Signals(Signals&& other) noexcept
    : descriptor_(std::move(other.descriptor_)), before_(other.before_), holds_(std::exchange(other.holds_, false)) {}

Signals::~Signals() {
  if (holds_) ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> Signals::next() const {
  signalfd_siginfo info{};
  if (::read(descriptor_.get(), &info, sizeof info) != ssize_t{sizeof info}) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

ChildEnds::ChildEnds() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &set, &before_);
  descriptor_ = linux::Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

ChildEnds::~ChildEnds() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

void ChildEnds::clear() const {
  signalfd_siginfo info{};
  while (::read(descriptor_.get(), &info, sizeof info) > 0) {
  }
}

bool asks_to_end(int signal) { return signal == SIGINT || signal == SIGTERM || signal == SIGHUP || signal == SIGQUIT; }

void stop_here() {
  struct sigaction action {};
  if (::sigaction(SIGTSTP, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) return;
  sigset_t stop;
  ::sigemptyset(&stop);
  ::sigaddset(&stop, SIGTSTP);
  (void)::raise(SIGTSTP);
  // It is blocked and so waits; here it takes effect.
  ::sigprocmask(SIG_UNBLOCK, &stop, nullptr);
  ::sigprocmask(SIG_BLOCK, &stop, nullptr);
}

bool Impatience::counts(int signal, std::uint64_t now_ns) {
  constexpr std::uint64_t kTwoSeconds = 2'000'000'000;
  if (signal != SIGINT && signal != SIGTERM) return false;
  const bool third = before_ns_ != 0 && now_ns - before_ns_ <= kTwoSeconds;
  before_ns_ = last_ns_;
  last_ns_ = now_ns;
  return third;
}

}  // namespace slipway::run
