// The journal of one run: what it has done that outlives its processes. Written before each act, in the runtime
// directory, which is on a tmpfs. The supervisor holds a lock on its journal, so only those of the dead are swept.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"
#include "core/run/call_record.hpp"
#include "core/run/container_process.hpp"

namespace slipway::run {

/// A directory in a store that goes with its run. Removed inside `ids` where files in it belong to subordinate ids.
struct RunDirectory {
  enum class Kind {
    written,  ///< runs/<name>, what the run wrote; <name> is its id
    staging,  ///< staging/<name>, layers that were being made for it
  };
  Kind kind = Kind::written;
  std::string name{};
  std::string ids{};    ///< IdMap::to_text()
  std::string store{};  ///< path of the store
  friend bool operator==(const RunDirectory&, const RunDirectory&) = default;
};
using RemoveDirectory = std::function<Result<void>(const RunDirectory&)>;
using UndoCall = std::function<Result<void>(const CallRecord&)>;

/// One record as a line, and back; nullopt for a line that is none.
std::string to_line(const RunDirectory& record);
std::optional<RunDirectory> record_of(std::string_view line);

class Journal {
 public:
  /// Makes the runtime directory where it is missing (0700, the user's own, no link), and in it the journal of a new
  /// run with an id of its own.
  static Result<Journal> begin(const std::string& directory);

  [[nodiscard]] const std::string& run() const { return run_; }
  Result<void> add(const RunDirectory& record);
  Result<void> add(const ContainerProcess& record);
  Result<void> add(const CallRecord& record);
  /// A lock on what was listed, to be let go of with the journal.
  void keep(linux::Fd lock) { locks_.push_back(std::move(lock)); }
  /// Undoes what is listed, the last first, and removes the journal; what could not be undone stays listed. Calls come
  /// before directories, which they may use, and one that fails keeps none of the others.
  Result<void> undo(const RemoveDirectory& remove, const UndoCall& undo_call = {});

 private:
  linux::Fd directory_{};
  linux::Fd file_{};
  std::string run_{};
  std::vector<RunDirectory> records_{};
  std::vector<CallRecord> calls_{};
  std::vector<linux::Fd> locks_{};
};

/// A journal whose supervisor is dead. Nobody else undoes it as long as this lives.
struct DeadJournal {
  std::string path{};
  std::string run{};
  std::vector<RunDirectory> directories{};
  std::vector<ContainerProcess> processes{};
  std::vector<CallRecord> calls{};
  linux::Fd lock{};
  const linux::Fd* directory = nullptr;  ///< in which it lies; borrowed
  /// It cannot be read, or not as a journal, so what its run left is not known: it lists nothing, and is to be kept.
  std::optional<Error> problem{};
  /// Whether something of the run lives, though its supervisor does not.
  [[nodiscard]] bool has_survivors() const;
  [[nodiscard]] Result<void> remove() const;
};

/// What of a dead run still ends, as the process that copied for it, holds its journal up to its end. Called again and
/// again until it has ended, or returns false: then the journal is left alone. Without it that is so at once.
using AwaitEnd = std::function<bool()>;
/// Waits a moment, and no longer than some seconds over all its calls.
AwaitEnd await_end_patiently();

/// Calls `visit` with each of them, one after the other, until it returns false. A directory that is not there has
/// none. What keeps this process from reading any journal, as a limit of open files does, is an error and ends the
/// visit.
Result<void> visit_dead_journals(const std::string& directory, const std::function<bool(const DeadJournal&)>& visit,
                                 const AwaitEnd& await_end = {});

/// The runs that have a journal there, dead or alive.
std::vector<std::string> listed_runs(const std::string& directory);

/// Undoes the journals in `directory` that nobody holds, whose container has ended, and which list no call: a start
/// loads no plugin but its own, and the first that lists some is told of. A journal whose undoing fails stays, and the
/// failure is told; one that cannot be read stays, too, and to tell of it is left to who cleans up.
/// Where others are in the way (EBUSY) or the end is asked for (EINTR), the rest is left for another time.
std::vector<Error> sweep_journals(const std::string& directory, const RemoveDirectory& remove);

}  // namespace slipway::run
