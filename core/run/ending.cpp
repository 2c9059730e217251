#include "core/run/ending.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "core/linux/clock.hpp"
#include "core/linux/terminal.hpp"

namespace slipway::run {
namespace {

constexpr std::uint64_t kPerMillisecond = 1'000'000;

// The one that controls this process, else the first of the standard streams that is one.
linux::Fd own_terminal() {
  linux::Fd terminal(::open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  for (int stream = STDIN_FILENO; !terminal && stream <= STDERR_FILENO; ++stream) {
    if (linux::is_terminal(stream)) terminal = linux::Fd(::fcntl(stream, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  }
  return terminal;
}

bool has(const linux::Fd& fd, short events) {
  pollfd one{fd.get(), events, 0};
  return fd && ::poll(&one, 1, 0) > 0;
}

}  // namespace

Result<void> Ending::watch(const plan::Terms& terms, pid_t parent, const linux::Fd& signals) {
  stop_signal_ = terms.stop_signal;
  stop_timeout_s_ = terms.stop_timeout_s;
  if (terms.ends_with_terminal) terminal_ = own_terminal();
  if (terms.ends_with_parent) {
    if (auto watched = watch_parent(parent); !watched) return watched;
  }
  if (!terminal_ && !parent_) return {};
  events_ = linux::Fd(::epoll_create1(EPOLL_CLOEXEC));
  either_ = linux::Fd(::epoll_create1(EPOLL_CLOEXEC));
  if (!events_ || !either_) return failure(errno, "watch what the container is to end with");
  // A hang-up wakes only who waits for input, too; once for each time that some comes, as it is another's to read.
  for (const linux::Fd* watched : {&terminal_, &parent_}) {
    if (!*watched) continue;
    if (auto added = add(events_, *watched, EPOLLIN | EPOLLET); !added) return added;
  }
  if (auto added = add(either_, events_, EPOLLIN); !added) return added;
  return add(either_, signals, EPOLLIN);
}

// A process is watched and not its thread that made this one, as PR_SET_PDEATHSIG would do it (prctl(2)).
Result<void> Ending::watch_parent(pid_t parent) {
  if (parent == 0) {
    return failure(0, "watch the parent, which is outside of this pid namespace, where it cannot be seen", "",
                   "start slipway from a process inside of it, or without --end-with parent");
  }
  parent_ = linux::Fd(static_cast<int>(::syscall(SYS_pidfd_open, parent, 0)));
  if (!parent_ && errno != ESRCH) return failure(errno, "watch the parent", std::to_string(parent));
  // While it is the parent no other process has its number: what was opened before this look is the parent.
  parent_has_gone_ = !parent_ || ::getppid() != parent;
  return {};
}

Result<void> Ending::add(const linux::Fd& to, const linux::Fd& watched, std::uint32_t events) const {
  epoll_event event{};
  event.events = events;
  if (::epoll_ctl(to.get(), EPOLL_CTL_ADD, watched.get(), &event) == 0) return {};
  return failure(errno, "watch what the container is to end with");
}

int Ending::due() const {
  if (parent_has_gone_) return SIGTERM;
  if (!events_) return 0;
  std::array<epoll_event, 2> heard{};
  (void)::epoll_wait(events_.get(), heard.data(), static_cast<int>(heard.size()), 0);
  if (has(terminal_, 0)) return SIGHUP;
  return has(parent_, POLLIN) ? SIGTERM : 0;
}

void Ending::begin(const linux::Process& first) {
  if (has_begun()) return;
  deadline_ns_ = linux::monotonic_ns() + stop_timeout_s_ * 1000 * kPerMillisecond;
  (void)linux::send_signal(first, static_cast<int>(stop_signal_));
  // One that was stopped takes no signal before it goes on.
  (void)linux::send_signal(first, SIGCONT);
}

int Ending::patience_ms() const {
  if (!has_begun() || has_killed_) return -1;
  const std::uint64_t now = linux::monotonic_ns();
  return now >= deadline_ns_ ? 0 : static_cast<int>((deadline_ns_ - now) / kPerMillisecond) + 1;
}

void Ending::go_on(const linux::Process& first) {
  if (!has_begun() || has_killed_ || linux::monotonic_ns() < deadline_ns_) return;
  (void)linux::send_signal(first, SIGKILL);
  has_killed_ = true;
}

void Ending::carry_out(const linux::Process& first) {
  begin(first);
  pollfd end{first.pidfd.get(), POLLIN, 0};
  while (::poll(&end, 1, patience_ms()) < 0 && errno == EINTR) {
  }
  (void)linux::send_signal(first, SIGKILL);
}

}  // namespace slipway::run
