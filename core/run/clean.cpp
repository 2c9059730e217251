#include "core/run/clean.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>
#include <set>

#include "core/linux/clock.hpp"
#include "core/linux/id_map.hpp"
#include "core/run/calls.hpp"
#include "core/run/journal.hpp"
#include "core/run/removal.hpp"
#include "core/run/runtime_directory.hpp"
#include "core/store/abandoned.hpp"
#include "core/store/kept.hpp"
#include "core/store/unusable.hpp"

namespace slipway::run {
namespace {

constexpr int kProcessEnds_ms = 5000;

class Cleaning {
 public:
  explicit Cleaning(const CleanWishes& wishes) : wishes_(wishes) {}

  std::vector<Error> clean() {
    const std::vector<std::string> directories = runtime_directories();
    if (wishes_.acts) ask_survivors(directories);
    for (const std::string& directory : directories) {
      auto visited = visit_dead_journals(
          directory,
          [this](const DeadJournal& journal) {
            undo(journal);
            return !is_out_of_descriptors();
          },
          await_end_);
      if (!visited) problems_.push_back(visited.error());
      if (is_out_of_descriptors()) return {std::move(problems_.back())};
    }
    // What a journal still lists is in use, or was told of just now.
    for (const std::string& directory : directories) {
      for (std::string& run : listed_runs(directory)) listed_.insert(std::move(run));
    }
    look_through_store();
    return std::move(problems_);
  }

 private:
  void tell(Cleaned::Kind kind, const std::string& subject, const std::string& run) const {
    if (wishes_.on_cleaned) wishes_.on_cleaned({kind, subject, run});
  }

  // Then all else would fail likewise, and tell the same again.
  [[nodiscard]] bool is_out_of_descriptors() const {
    return std::any_of(problems_.begin(), problems_.end(),
                       [](const Error& error) { return error.code == EMFILE || error.code == ENFILE; });
  }

  // Tells of what was done, or remembers why not.
  bool told(const Result<void>& done, Cleaned::Kind kind, const std::string& subject, const std::string& run) {
    if (done) tell(kind, subject, run);
    if (!done) problems_.push_back(done.error());
    return done.has_value();
  }

  // All of them before any is waited for, so that their times run side by side.
  void ask_survivors(const std::vector<std::string>& directories) {
    asked_ns_ = linux::monotonic_ns();
    for (const std::string& directory : directories) {
      // What goes wrong goes wrong again when they are ended, and is told then.
      (void)visit_dead_journals(
          directory,
          [](const DeadJournal& journal) {
            for (const ContainerProcess& process : journal.processes) (void)ask_to_end(process);
            return true;
          },
          await_end_);
    }
  }

  // Until when it may take to end by itself.
  [[nodiscard]] int patience_ms(const ContainerProcess& process) const {
    if (process.stop_signal == 0) return 0;
    constexpr std::uint64_t kPerMillisecond = 1'000'000, kPerSecond = 1000;
    const std::uint64_t passed_ms = (linux::monotonic_ns() - asked_ns_) / kPerMillisecond;
    const std::uint64_t all_ms = std::min<std::uint64_t>(process.stop_timeout_s * kPerSecond, INT_MAX);
    return passed_ms < all_ms ? static_cast<int>(all_ms - passed_ms) : 0;
  }

  // The processes first, since what they use cannot be taken from them.
  void undo(const DeadJournal& journal) {
    if (journal.problem) return problems_.push_back(*journal.problem);
    bool undone = true;
    for (const ContainerProcess& process : journal.processes) {
      if (!is_alive(process)) continue;
      const auto ended = wishes_.acts ? end_process(process, patience_ms(process), kProcessEnds_ms) : Result<void>();
      undone = told(ended, Cleaned::Kind::process, std::to_string(process.pid), journal.run) && undone;
    }
    for (const ContainerProcess& process : journal.processes) undone = end_started_by(process, journal) && undone;
    if (!undone) return;
    // As a run itself does it: calls before directories, and one that fails keeps none of the others.
    for (auto record = journal.calls.rbegin(); record != journal.calls.rend(); ++record) {
      const auto back = wishes_.acts ? undo(*record) : Result<void>();
      if (!back) problems_.push_back(explained(back.error(), journal));
      if (back) tell(Cleaned::Kind::call, to_text(*record), journal.run);
      undone = undone && back;
    }
    for (auto record = journal.directories.rbegin(); record != journal.directories.rend(); ++record) {
      undone = undo(*record, journal.run) && undone;
      if (is_out_of_descriptors()) return;
    }
    if (!undone) return;
    (void)told(wishes_.acts ? journal.remove() : Result<void>(), Cleaned::Kind::journal, journal.path, journal.run);
  }

  // What a function started may use what its undo takes away, and may have started others since it was looked for.
  bool end_started_by(const ContainerProcess& call, const DeadJournal& journal) {
    constexpr int kRounds = 100;
    for (int round = 0; round < kRounds; ++round) {
      const std::vector<ContainerProcess> started = started_by_call(call);
      if (started.empty()) return true;
      for (const ContainerProcess& process : started) {
        const auto ended = wishes_.acts ? end_process(process, 0, kProcessEnds_ms) : Result<void>();
        if (!told(ended, Cleaned::Kind::process, std::to_string(process.pid), journal.run)) return false;
      }
      if (!wishes_.acts) return true;
    }
    problems_.push_back({0, "end what a plugin's function started", journal.path + ": there are ever more of them",
                         "call slipway clean again later"});
    return false;
  }

  // Loaded in the process that calls it, which ends with it: this one goes on to other journals.
  [[nodiscard]] Result<void> undo(const CallRecord& record) const {
    std::unique_ptr<plan::Caller> loaded;
    return undo_call(record, [&]() -> Result<const plan::Caller*> {
      auto caller = wishes_.load_caller(record.library);
      if (!caller) return tl::unexpected(caller.error());
      loaded = std::move(*caller);
      return loaded.get();
    });
  }

  static Error explained(Error error, const DeadJournal& journal) {
    error.doing += " (listed in " + journal.path + ")";
    return error;
  }

  bool undo(const RunDirectory& record, const std::string& run) {
    const bool is_written = record.kind == RunDirectory::Kind::written;
    const std::string path = record.store + (is_written ? "/runs/" : "/staging/") + record.name;
    seen_.insert(path);
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return true;  // it went before its record
    const auto removed = wishes_.acts ? remove_run_directory(record) : Result<void>();
    return told(removed, is_written ? Cleaned::Kind::run_directory : Cleaned::Kind::staging, path, run);
  }

  // Journals go with a reboot, and lie elsewhere when slipway was started in another login.
  void look_through_store() {
    auto path = wishes_.store.empty() ? store::Store::default_path() : Result<std::string>(wishes_.store);
    if (!path && wishes_.store.empty()) return;  // then no run had a default store either
    auto store = store::Store::open_existing(*path);
    if (!store) problems_.push_back(store.error());
    if (!store || !*store) return;
    auto found = store::find_abandoned(**store, [this](const std::string& run) { return listed_.contains(run); });
    if (!found) problems_.push_back(found.error());
    if (!found) return;
    // From the back: records' folders are locked, and somebody may wait for one to write in it.
    for (; !found->empty(); found->pop_back()) remove(**store, found->back());
    if (wishes_.kept) remove_kept(**store);
    if (wishes_.layers) remove_unusable(**store);
  }

  void remove(const store::Store& store, const store::Abandoned& one) {
    using Kind = store::Abandoned::Kind;
    const std::string path = store.path() + "/" + (one.folder == "." ? "" : one.folder + "/") + one.name;
    if (seen_.contains(path)) return;  // what its journal listed
    const auto remove_it = [&] { return remove_abandoned(store, one); };
    const auto removed = wishes_.acts ? remove_as_may_be(remove_it, path) : Result<void>();
    switch (one.kind) {
      case Kind::run_directory:
        return (void)told(removed, Cleaned::Kind::run_directory, path, one.name);
      case Kind::staging:
        return (void)told(removed, Cleaned::Kind::staging, path, "");
      case Kind::lock:
        return (void)told(removed, Cleaned::Kind::lock, path, "");
      case Kind::record:
        return (void)told(removed, Cleaned::Kind::record, path, "");
    }
  }

  void remove_kept(const store::Store& store) {
    auto runs = store::kept_runs(store);
    if (!runs) return problems_.push_back(runs.error());
    for (const std::string& run : *runs) {
      const std::string path = store.path() + "/kept/" + run;
      const auto remove_it = [&] { return store::remove_kept(store, run); };
      (void)told(wishes_.acts ? remove_as_may_be(remove_it, path) : Result<void>(), Cleaned::Kind::kept, path, run);
    }
  }

  void remove_unusable(const store::Store& store) {
    auto names = store::unusable_layers(store);
    if (!names) return problems_.push_back(names.error());
    for (const std::string& name : *names) {
      const std::string path = store.path() + "/layers/" + name;
      auto layer = store::UnusedLayer::take(store, name);
      if (!layer) problems_.push_back(layer.error());
      if (!layer || !*layer) continue;
      (void)told(wishes_.acts ? remove(store, **layer) : Result<void>(), Cleaned::Kind::layer, path, "");
    }
  }

  static Result<void> remove(const store::Store& store, store::UnusedLayer& layer) {
    const auto staged = layer.take_out();
    if (!staged) return tl::unexpected(staged.error());
    if (staged->empty()) return {};
    return remove_as_may_be([&] { return store.remove_staging(*staged); }, store.path() + "/staging/" + *staged);
  }

  // Inside the ids of this user's containers where files belong to subordinate ones. Which map a run had without a
  // journal nobody wrote down; layers in the making have it in their name.
  static Result<void> remove_as_may_be(const std::function<Result<void>()>& remove_it, const std::string& path) {
    auto removed = remove_it();
    if (removed || !is_forbidden(removed.error())) return removed;
    auto ids = linux::automatic_id_map();
    if (!ids) return tl::unexpected(ids.error());
    if (ids->none() || ids->single()) return removed;
    auto done = do_inside(*ids, [&] { return remove_it().has_value(); });
    if (!done) return tl::unexpected(done.error());
    if (*done) return {};
    return failure(EACCES, "remove", path,
                   "it has files of ids that are not yours any more (/etc/subuid, /etc/subgid); root can remove it");
  }

  const CleanWishes& wishes_;
  std::vector<Error> problems_{};
  const AwaitEnd await_end_ = wishes_.acts ? await_end_patiently() : AwaitEnd();
  std::uint64_t asked_ns_ = 0;
  std::set<std::string> listed_{}, seen_{};
};

}  // namespace

const char* to_text(Cleaned::Kind kind) {
  switch (kind) {
    case Cleaned::Kind::process:
      return "process";
    case Cleaned::Kind::call:
      return "call";
    case Cleaned::Kind::run_directory:
      return "run-directory";
    case Cleaned::Kind::staging:
      return "staging";
    case Cleaned::Kind::lock:
      return "lock";
    case Cleaned::Kind::record:
      return "record";
    case Cleaned::Kind::kept:
      return "kept";
    case Cleaned::Kind::layer:
      return "layer";
    case Cleaned::Kind::journal:
      break;
  }
  return "journal";
}

std::vector<Error> clean(const CleanWishes& wishes) { return Cleaning(wishes).clean(); }

}  // namespace slipway::run
