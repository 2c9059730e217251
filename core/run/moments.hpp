// Points of a run between its steps at which a test has one of its processes killed; `slipway run --fault
// MOMENT:kill-supervisor`. Without such a wish nothing happens at them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/linux/process.hpp"

namespace slipway::run {

/// In the order in which a run comes by. Some are met only where a worker, a user namespace or several ids are needed.
enum class Moment : std::uint8_t {
  none,
  cloned,       ///< the container's process is there, its ids are not mapped
  mapping,      ///< its ids are mapped, or are being mapped by helpers
  configured,   ///< the configuration is read
  planning,     ///< plugins are to be loaded and asked
  worker_made,  ///< a worker is there, and is not tied to the supervisor yet
  resolving,    ///< the worker is to be asked what the image is
  resolved,     ///< and has answered
  planned,      ///< the plan is ready
  journalled,   ///< the journal is begun
  directory,    ///< a directory of the run's own is listed, and is to be made
  copying,      ///< a process that copies layers is there, and is to begin
  copied,       ///< and has done it
  calling,      ///< a process for a plugin's function is there, the call is listed, and is to begin
  called,       ///< and has been made
  staging,      ///< one for half-made layers is listed, and is to be made
  staged,       ///< it is made
  unpacking,    ///< the worker is to be asked for the layers
  unpacked,     ///< and says that it has made them
  committed,    ///< the layers have their names
  prepared,     ///< all is there that the container needs
  sent,         ///< it has its plan
  running,      ///< it has become the program
  ended,        ///< it has ended, and nothing is undone
  undoing,      ///< a process for a function that takes back what it did is there, and is to begin
  undone,       ///< all is undone, and the journal is still there
  child_begun,  ///< the container's process, before it is tied to the supervisor
  child_root,   ///< when it has taken its ids
  child_ready,  ///< when it has its namespaces, and waits for the plan
  child_moved,  ///< when it has left the host's file system
};

/// Who is killed there.
enum class Victim : std::uint8_t { none, supervisor, child, worker };

/// "planned", and back.
std::optional<Moment> moment_of(std::string_view word);
/// Whether it is met by the container's process and not by the supervisor.
constexpr bool is_childs(Moment moment) { return moment >= Moment::child_begun; }

/// "kill-worker", and back.
std::optional<Victim> victim_of(std::string_view word);

/// What this process, and those that it makes by fork, are to do at a moment. One wish a process.
void wish_kill(Moment moment, Victim victim);
/// From now on a call fails whose function leaves descriptors open beside its result, in this process's calls and in
/// those of the processes that it makes by fork.
void watch_for_leaks();
bool watches_for_leaks();

/// The process that a wish for a child or a worker means from now on. Its pidfd is borrowed.
void may_be_killed(Victim victim, const linux::Process& process);

/// In the supervisor: kills a victim and waits for its end. The supervisor itself does not come back.
void kill_victim(Victim victim);

namespace detail {
struct KillWish {
  Moment moment = Moment::none;
  Victim victim = Victim::none;
};
extern KillWish kill_wish;
}  // namespace detail

/// Whom to kill now; none nearly always.
inline Victim victim_at(Moment moment) {
  return detail::kill_wish.moment == moment ? detail::kill_wish.victim : Victim::none;
}
/// The supervisor comes by.
inline void reached(Moment moment) {
  if (const Victim victim = victim_at(moment); victim != Victim::none) kill_victim(victim);
}
/// Whom to kill when the child comes by a moment of its own, so that the supervisor knows that it will be asked.
inline Victim victim_of_child() {
  return is_childs(detail::kill_wish.moment) ? detail::kill_wish.victim : Victim::none;
}
/// Whether the child comes by the wished moment before it gets its plan. The supervisor then listens to it once before
/// it plans, or what the child asks for would be heard only afterwards.
inline bool child_tells_early(bool takes_ids) {
  if (victim_of_child() == Victim::none || victim_at(Moment::child_moved) != Victim::none) return false;
  return takes_ids || victim_at(Moment::child_root) == Victim::none;
}

}  // namespace slipway::run
