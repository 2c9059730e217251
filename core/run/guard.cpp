#include "core/run/guard.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>

#include "core/linux/listing.hpp"
#include "core/linux/process.hpp"
#include "core/linux/process_stat.hpp"

namespace slipway::run {
namespace {

// Kills each process in a mount namespace; whether there was one.
bool kill_all_in(const linux::Fd& processes, const linux::FileId& mounts) {
  bool found = false;
  (void)linux::list(processes, [&](const std::string& name) {
    linux::Process process;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), process.pid);
    if (read.ec != std::errc{} || read.ptr != name.data() + name.size()) return true;
    process.pidfd = linux::Fd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
    // Only now: what is looked at is then the process that the descriptor is of, or that one is dead.
    if (!process.pidfd || !linux::mount_namespaces_of(process.pid).contain(mounts)) return true;
    found = true;
    (void)linux::send_signal(process, SIGKILL);
    return true;
  });
  return found;
}

// As long as `mounts` is open no other mount namespace can have its number.
void end_all_in(const linux::Fd& mounts) {
  const linux::Fd processes(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat file {};
  if (::fstat(mounts.get(), &file) != 0) return;
  // Twice without finding one: a process that was being made while the first list was read is in the second.
  constexpr int kPause_ms = 1, kRounds = 5000;
  int empty = 0;
  for (int round = 0; processes && empty < 2 && round < kRounds; ++round) {
    empty = kill_all_in(processes, {file.st_dev, file.st_ino}) ? 0 : empty + 1;
    (void)::poll(nullptr, 0, kPause_ms);
  }
}

[[noreturn]] void guard_main(linux::Fd socket) {
  // Nothing of the supervisor's may be held: not its locks, not its output, on whose end somebody may wait.
  constexpr int kOwn = 0;
  if (::dup3(socket.get(), kOwn, O_CLOEXEC) < 0) ::_exit(1);
  (void)::close_range(kOwn + 1, ~0U, 0);
  (void)socket.release();
  // What is meant for the supervisor's terminal or group is not meant for this one.
  (void)::setsid();
  const linux::Fd own(kOwn);
  auto mounts = linux::receive_descriptors(own, 1);
  if (!mounts) ::_exit(0);  // there never was anything to guard
  pollfd supervisor{own.get(), POLLRDHUP, 0};
  while (::poll(&supervisor, 1, -1) < 0 && errno == EINTR) {
  }
  end_all_in(mounts->front());
  ::_exit(0);
}

}  // namespace

Result<Guard> start_guard() {
  auto sockets = linux::make_socket_pair(linux::Socket::stream);
  if (!sockets) return tl::unexpected(sockets.error());
  auto guard = linux::clone_process(0);
  if (!guard) return tl::unexpected(guard.error());
  if (guard->pid == 0) {
    sockets->a.reset();
    guard_main(std::move(sockets->b));
  }
  return Guard{std::move(*guard), std::move(sockets->a)};
}

Result<void> tell_guard(const linux::Fd& line) {
  const linux::Fd mounts(::open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC));
  if (!mounts) return failure(errno, "open", "/proc/self/ns/mnt");
  const std::array descriptors = {mounts.get()};
  return linux::send_descriptors(line, descriptors);
}

}  // namespace slipway::run
