// The journal: what a run has done that outlives its processes, written before it is done.
// A file per run in the runtime directory, locked by its supervisor; what is not locked belongs to the dead.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

/// A directory runs/<run> in a store, with what the run wrote. Removed inside `ids` where the files belong to
/// subordinate ids.
struct RunDirectory {
  std::string run{};
  std::string ids{};    ///< IdMap::to_text()
  std::string store{};  ///< path of the store
  friend bool operator==(const RunDirectory&, const RunDirectory&) = default;
};

/// The container's first process. A program that is set-id, or changes its ids itself, loses the death signal that ties
/// it to its supervisor (prctl(2), PR_SET_PDEATHSIG) and may outlive it: what it uses is then not swept.
struct ContainerProcess {
  pid_t pid = 0;
  std::uint64_t start_time = 0;  ///< in clock ticks since boot; tells it from another process of the same number
  friend bool operator==(const ContainerProcess&, const ContainerProcess&) = default;
};
/// A process as the journal names it; start_time 0: there is none.
ContainerProcess container_process(pid_t pid);

/// /run/slipway for root, else $XDG_RUNTIME_DIR/slipway, else /tmp/slipway-UID.
std::string runtime_directory();

class Journal {
 public:
  /// Makes the runtime directory where it is missing (0700, the user's own, no link), and in it the journal of a new
  /// run with an id of its own.
  static Result<Journal> begin(const std::string& directory);

  [[nodiscard]] const std::string& run() const { return run_; }
  Result<void> add(const RunDirectory& record);
  Result<void> add(const ContainerProcess& record);
  /// Undoes what is listed, the last first, and removes the journal; what could not be undone stays listed.
  Result<void> undo(const std::function<Result<void>(const RunDirectory&)>& remove);

 private:
  linux::Fd directory_{};
  linux::Fd file_{};
  std::string run_{};
  std::vector<RunDirectory> records_{};
};

/// Undoes the journals in `directory` that nobody holds and whose container has ended. A journal whose undoing fails
/// stays, and the failure is told.
std::vector<Error> sweep_journals(const std::string& directory,
                                  const std::function<Result<void>(const RunDirectory&)>& remove);

/// One record as a line, and back; nullopt for a line that is none (a write that was cut off).
std::string to_line(const RunDirectory& record);
std::optional<RunDirectory> record_of(std::string_view line);
std::string to_line(const ContainerProcess& record);
std::optional<ContainerProcess> process_of(std::string_view line);

}  // namespace slipway::run
