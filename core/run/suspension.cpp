#include "core/run/suspension.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <string>
#include <string_view>

#include "core/linux/listing.hpp"

namespace slipway::run {
namespace {

std::string text_of(const std::string& path) {
  constexpr std::size_t kLargest = std::size_t{1} << 20U;
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file ? linux::read_all(file, kLargest).value_or(std::string()) : std::string();
}

pid_t number_at(std::string_view text) {
  pid_t number = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

struct Status {
  char state = 'X';
  pid_t parent = 0;
};

// "pid (name) state parent …", where the name may hold anything.
Status status_of(pid_t pid) {
  const std::string text = text_of("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t at = text.rfind(')');
  constexpr std::size_t kToState = 2;
  constexpr std::size_t kToParent = 4;
  if (at == std::string::npos || text.size() <= at + kToParent) return {};
  return {text[at + kToState], number_at(std::string_view(text).substr(at + kToParent))};
}

}  // namespace

// The parent is compared after the process has been opened: a number that went to another process in between is
// nobody's child here.
void Suspension::stop(pid_t pid, pid_t parent) {
  linux::Process process{pid, linux::Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)))};
  const Status status = status_of(pid);
  if (!process.pidfd || status.parent != parent) return;
  constexpr std::string_view kStandsStill = "TtZX";
  const bool runs = kStandsStill.find(status.state) == std::string_view::npos;
  if (runs) (void)linux::send_signal(process, SIGSTOP);
  members_.push_back({std::move(process), runs});
}

bool Suspension::knows(pid_t pid) const {
  return std::any_of(members_.begin(), members_.end(), [pid](const Member& one) { return one.process.pid == pid; });
}

Suspension::Suspension(const linux::Process& first, const Orphans& orphans) {
  stop(first.pid, ::getpid());
  // A process that was making a child when it was stopped has one that only the next round finds.
  for (std::size_t before = 0; before != members_.size();) {
    before = members_.size();
    for (const pid_t orphan : orphans.list()) {
      if (!knows(orphan)) stop(orphan, ::getpid());
    }
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const pid_t parent = members_[i].process.pid;
      for (const pid_t child : linux::children_of(parent)) {
        if (!knows(child)) stop(child, parent);
      }
    }
  }
}

Suspension::~Suspension() {
  for (auto one = members_.rbegin(); one != members_.rend(); ++one) {
    if (one->ours) (void)linux::send_signal(one->process, SIGCONT);
  }
}

}  // namespace slipway::run
