#include "core/compare/running/interruption.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace slipway::compare {

Result<Interruption> Interruption::take() {
  sigset_t wanted;
  ::sigemptyset(&wanted);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // Who starts this in the background of a script, or with nohup, wants these ignored.
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) continue;
    ::sigaddset(&wanted, signal);
  }
  Interruption taken;
  if (::sigprocmask(SIG_BLOCK, &wanted, &taken.before_) != 0) return failure(errno, "hold signals back");
  taken.holds_ = true;
  taken.descriptor_ = linux::Fd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!taken.descriptor_) return failure(errno, "read signals");
  return taken;
}

Interruption::Interruption(Interruption&& other) noexcept
    : descriptor_(std::move(other.descriptor_)),
      before_(other.before_),
      holds_(std::exchange(other.holds_, false)),
      signal_(other.signal_),
      times_(other.times_) {}

Interruption::~Interruption() {
  if (holds_) (void)::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> Interruption::look() {
  signalfd_siginfo info{};
  while (::read(descriptor_.get(), &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info))) {
    ++times_;
    if (!signal_) signal_ = static_cast<int>(info.ssi_signo);
  }
  return signal_;
}

}  // namespace slipway::compare
