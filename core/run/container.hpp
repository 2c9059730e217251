// Runs one container: the supervisor, from a pipeline to the program's exit status, with nothing left behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "core/plan/plan.hpp"
#include "core/report/report.hpp"
#include "core/run/cold_start.hpp"
#include "core/run/failure.hpp"
#include "core/run/fault.hpp"
#include "core/run/head_start.hpp"

namespace slipway::run {

/// A step was carried out.
struct Event {
  std::uint32_t number = 0;  ///< in the plan, from 1
  const plan::PlannedStep* step = nullptr;
  std::uint64_t nanoseconds = 0;
};

/// What a run spends its time on, one after the other. Steps of the prepare phase are carried out in `prepare`, those
/// of the child in `start`.
enum class Span : std::uint8_t {
  read,     ///< from the first process' making to the isolation that the pipeline wants
  plan,     ///< to the plan: the image's record, and without a record of the start plugins and the image itself
  map_ids,  ///< waiting for newuidmap and newgidmap
  prepare,  ///< the journal; layers and directories
  start,    ///< from the plan's sending to the program's beginning
  program,  ///< to its end
  undo,     ///< taking back what the journal lists
};
inline constexpr std::size_t kSpans = 7;

/// What is known of a run once it has an id.
struct Beginning {
  std::string run{};      ///< its id
  bool recorded = false;  ///< whether it starts from a record
};

/// The most memory that processes of a run had, in bytes; getrusage(2), ru_maxrss. 0: there was none, or it is not
/// known.
struct Memory {
  std::uint64_t supervisor = 0;
  std::uint64_t worker = 0;  ///< or the largest other helper that ended before the program began
  std::uint64_t container =
      0;  ///< its first process, before and after it became the program, or one that it waited for
};

/// Which of the store's records are neither used nor kept. (A layer is no record: it is what its digest says.)
struct WithoutRecords {
  bool starts = false;
  bool images = false;  ///< nor, then, those of starts, which build on them
};

struct Wishes {
  enum class Tty { automatic, yes, no };  ///< automatic: yes where all three standard streams are terminals
  std::string store{};                    ///< path; empty: the default one
  WithoutRecords without{};
  std::optional<FaultWish> fault{};               ///< for tests: a step that fails instead of acting
  Tty tty = Tty::automatic;                       ///< whether the container gets a terminal of its own
  std::string killed_message{};                   ///< for the user's terminal, if slipway is killed while it is raw
  std::function<void(const Beginning&)> begun{};  ///< called once
  std::function<void(Span, std::uint64_t nanoseconds)> on_span{};
  std::function<void(const Event&)> on_event{};  ///< unset: steps are not timed
  /// Of steps in the container it may be told when the program begins, which costs the run less.
  bool events_may_wait = false;
  std::function<void(const Memory&)> on_memory{};  ///< called at the end
  std::function<void(const Finding&)> on_warning{};
  std::function<void(const std::string& path)> on_kept{};  ///< a directory of the run's own that outlives it
};

/// The program's exit status, 128 + n when signal n killed it, or slipway before there was a program.
tl::expected<int, Failure> run_container(const config::Request& request, const Wishes& wishes, HeadStart head,
                                         MakeColdStart make_cold);

}  // namespace slipway::run
