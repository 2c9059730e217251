#include "core/run/moments.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>

namespace slipway::run {

namespace detail {
// One of the process's own, because the moments lie in parts of a run that share nothing else.
KillWish kill_wish{};
bool for_leaks = false;
}  // namespace detail

namespace {

constexpr std::array<std::pair<std::string_view, Moment>, 29> kMoments = {{
    {"configured", Moment::configured},
    {"cloned", Moment::cloned},
    {"mapping", Moment::mapping},
    {"planning", Moment::planning},
    {"worker-made", Moment::worker_made},
    {"resolving", Moment::resolving},
    {"resolved", Moment::resolved},
    {"planned", Moment::planned},
    {"journalled", Moment::journalled},
    {"directory", Moment::directory},
    {"copying", Moment::copying},
    {"copied", Moment::copied},
    {"calling", Moment::calling},
    {"called", Moment::called},
    {"staging", Moment::staging},
    {"staged", Moment::staged},
    {"unpacking", Moment::unpacking},
    {"unpacked", Moment::unpacked},
    {"committed", Moment::committed},
    {"prepared", Moment::prepared},
    {"sent", Moment::sent},
    {"running", Moment::running},
    {"ended", Moment::ended},
    {"undoing", Moment::undoing},
    {"undone", Moment::undone},
    {"child-begun", Moment::child_begun},
    {"child-root", Moment::child_root},
    {"child-ready", Moment::child_ready},
    {"child-moved", Moment::child_moved},
}};

constexpr std::array<std::pair<std::string_view, Victim>, 3> kVictims = {
    {{"kill-supervisor", Victim::supervisor}, {"kill-child", Victim::child}, {"kill-worker", Victim::worker}}};

int child = -1, worker = -1;  // pidfds of theirs

}  // namespace

std::optional<Moment> moment_of(std::string_view word) {
  for (const auto& [name, moment] : kMoments) {
    if (name == word) return moment;
  }
  return std::nullopt;
}

std::optional<Victim> victim_of(std::string_view word) {
  for (const auto& [name, victim] : kVictims) {
    if (name == word) return victim;
  }
  return std::nullopt;
}

void watch_for_leaks() { detail::for_leaks = true; }
bool watches_for_leaks() { return detail::for_leaks; }

void wish_kill(Moment moment, Victim victim) { detail::kill_wish = {moment, victim}; }

void may_be_killed(Victim victim, const linux::Process& process) {
  if (victim == Victim::child) child = process.pidfd.get();
  if (victim == Victim::worker) worker = process.pidfd.get();
}

void kill_victim(Victim victim) {
  if (victim == Victim::supervisor) (void)::kill(::getpid(), SIGKILL);
  const int pidfd = victim == Victim::worker ? worker : child;
  if (::syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, 0) != 0) return;
  // As one who meets it dead; looked at without waiting, which is for the one who made it.
  pollfd end{pidfd, POLLIN, 0};
  constexpr int kLimit_ms = 10'000;
  (void)::poll(&end, 1, kLimit_ms);
}

}  // namespace slipway::run
