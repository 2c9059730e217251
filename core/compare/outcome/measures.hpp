// What a run is measured by, and in which unit. Knows nothing of how it is measured.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::compare {

enum class Unit { milliseconds, bytes, count, none };
std::string_view to_word(Unit unit);  ///< "ms", "bytes", "", ""

struct Measure {
  std::string_view name;
  Unit unit;
  std::string_view meaning;  ///< for a legend: a phrase without a full stop
};

/// Those that every run can have:
///   wall, user, system                       ms; getrusage(2)
///   first_output, ready                      ms since the start
///   memory.supervisor, memory.worker, memory.child   bytes at their peak; of an external command memory.child alone
///   read, written, disk                      bytes
///   minor_faults, major_faults, voluntary_switches, involuntary_switches
/// and families, told by what stands before the first full stop:
///   span.WORD      ms; what a run consists of one after the other: read, plan, map_ids, prepare, start, program, undo
///   phase.PHASE    ms of all its steps; namespaces to exec
///   stage.STAGE    ms of all its steps; isolation to exec
///   plugin.NAME    ms of all its steps
///   step.PHASE.TYPE.PLUGIN  ms of all such steps
///   value.NAME     what the command printed itself as name=value; of no unit
/// The answer's name is a view of the one given.
std::optional<Measure> find_measure(std::string_view name);

/// Before which other one a measure stands in lists: those of the table above in its order, then families.
bool measure_before(std::string_view left, std::string_view right);

/// The measure that is called nearly so; empty where there is none.
std::string nearest_measure(std::string_view name);

}  // namespace slipway::compare
