#include "core/run/journal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "core/linux/listing.hpp"
#include "core/linux/process_stat.hpp"
#include "core/linux/random.hpp"
#include "core/run/journal_text.hpp"
#include "core/run/moments.hpp"
#include "core/run/runtime_directory.hpp"

namespace slipway::run {
namespace {

constexpr std::string_view kSuffix = ".journal";
constexpr std::string_view kSupervisor = "supervisor\t";
constexpr std::size_t kLargestJournal = std::size_t{16} << 20U;

// Whether the name still leads to the file: another run may have swept it before the lock was taken.
bool is_linked(const linux::Fd& file) {
  struct stat found {};
  return ::fstat(file.get(), &found) == 0 && found.st_nlink > 0;
}

// 0: it does not say.
pid_t supervisor_of(std::string_view line) {
  pid_t pid = 0;
  if (!line.starts_with(kSupervisor)) return 0;
  const auto [end, problem] = std::from_chars(line.data() + kSupervisor.size(), line.data() + line.size(), pid);
  return problem == std::errc{} && end == line.data() + line.size() ? pid : 0;
}

// A last line without an end was cut off: who wrote it was killed, and did not begin what it says.
Result<void> read_lines(std::string_view text, DeadJournal& records) {
  for (std::size_t at = 0, number = 1;; ++number) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) return {};
    const std::string_view line = text.substr(at, end - at);
    if (auto record = record_of(line)) {
      records.directories.push_back(std::move(*record));
    } else if (auto process = process_of(line)) {
      records.processes.push_back(*process);
    } else if (auto call = call_of(line)) {
      records.calls.push_back(std::move(*call));
    } else if (supervisor_of(line) == 0) {
      return failure(0, "line " + std::to_string(number) + " is no record of a journal");
    }
    at = end + 1;
  }
}

Result<void> read_records(const linux::Fd& file, DeadJournal& records) {
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return failure(errno, "look at it");
  if (!S_ISREG(found.st_mode)) return failure(0, "it is not a regular file");
  const auto text = linux::read_all(file, kLargestJournal);
  if (!text) return tl::unexpected(text.error());
  return read_lines(*text, records);
}

Error unreadable(const std::string& path, const Error& error) {
  return {error.code, "read the journal", path + (error.code == 0 ? ": " + error.doing : ""),
          "what its run left is not known: look at the file, remove it, then call slipway clean again"};
}

}  // namespace

Result<Journal> Journal::begin(const std::string& path) {
  if (auto made = make_runtime_directory(path); !made) return tl::unexpected(made.error());
  auto directory = open_runtime_directory(path);
  if (!directory) return tl::unexpected(directory.error());
  Journal journal;
  constexpr int kTries = 16;
  for (int i = 0; i < kTries; ++i) {
    auto id = linux::random_hex(kRunIdDigits / 2);
    if (!id) return tl::unexpected(id.error());
    journal.run_ = std::move(*id);
    const std::string name = journal.run_ + std::string(kSuffix);
    journal.file_ =
        linux::Fd(::openat(directory->get(), name.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!journal.file_ && errno == EEXIST) continue;
    if (!journal.file_) return failure(errno, "make the journal", path);
    if (::flock(journal.file_.get(), LOCK_EX | LOCK_NB) == 0 && is_linked(journal.file_)) {
      const std::string supervisor = std::string(kSupervisor) + std::to_string(::getpid()) + '\n';
      if (auto noted = linux::write_all(journal.file_, supervisor); !noted) {
        (void)::unlinkat(directory->get(), name.c_str(), 0);
        return tl::unexpected(noted.error());
      }
      journal.directory_ = std::move(*directory);
      return journal;
    }
  }
  return failure(EAGAIN, "make the journal", path);
}

Result<void> Journal::add(const RunDirectory& record) {
  records_.push_back(record);
  return linux::write_all(file_, to_line(record));
}

Result<void> Journal::add(const ContainerProcess& record) { return linux::write_all(file_, to_line(record)); }

// A plan has no more of these than can be read again: steps::kMostJournalBytes is below kLargestJournal even where each
// of a thousand small calls is of a library whose path is as long as paths can be.
Result<void> Journal::add(const CallRecord& record) {
  calls_.push_back(record);
  return linux::write_all(file_, to_line(record));
}

Result<void> Journal::undo(const RemoveDirectory& remove, const UndoCall& undo_call) {
  Result<void> calls;
  for (auto record = calls_.rbegin(); record != calls_.rend(); ++record) {
    if (auto undone = undo_call(*record); !undone && calls) calls = std::move(undone);
  }
  while (!records_.empty()) {
    if (auto removed = remove(records_.back()); !removed) return removed;
    records_.pop_back();
  }
  if (!calls) return calls;
  reached(Moment::undone);
  const std::string name = run_ + std::string(kSuffix);
  if (::unlinkat(directory_.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
    return failure(errno, "remove the journal", name);
  }
  locks_.clear();
  file_.reset();
  return {};
}

bool DeadJournal::has_survivors() const { return std::any_of(processes.begin(), processes.end(), is_alive); }

Result<void> DeadJournal::remove() const {
  const std::string name = run + std::string(kSuffix);
  if (::unlinkat(directory->get(), name.c_str(), 0) != 0 && errno != ENOENT)
    return failure(errno, "remove the journal", path);
  return {};
}

AwaitEnd await_end_patiently() {
  // A run whose supervisor is in another pid namespace looks as if it were ending: it costs no more than that.
  constexpr int kPause_ms = 10, kLimit_ms = 2000;
  return [left_ms = kLimit_ms]() mutable {
    (void)::poll(nullptr, 0, kPause_ms);
    left_ms -= kPause_ms;
    return left_ms > 0;
  };
}

namespace {

bool is_held_by_the_dying(const linux::Fd& file) {
  std::array<char, 64> begin{};  // more than the line has
  const ssize_t size = ::pread(file.get(), begin.data(), begin.size(), 0);
  const std::string_view text(begin.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  const pid_t supervisor = supervisor_of(text.substr(0, text.find('\n')));
  return supervisor != 0 && linux::stat_of(supervisor).has_ended();
}

bool take_lock(const linux::Fd& file, const AwaitEnd& await_end) {
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (!await_end || !is_held_by_the_dying(file) || !await_end()) return false;
  }
  return is_linked(file);
}

// nullopt: it is not there any more, or its run lives.
Result<std::optional<DeadJournal>> take_journal(const linux::Fd& directory, const std::string& path,
                                                const std::string& name, const AwaitEnd& await_end) {
  linux::Fd file(::openat(directory.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  const int code = file ? 0 : errno;
  if (code == ENOENT) return std::nullopt;  // its run has ended
  if (file && !take_lock(file, await_end)) return std::nullopt;
  DeadJournal journal;
  journal.path = path + "/" + name;
  journal.directory = &directory;
  journal.run = name.substr(0, name.size() - kSuffix.size());
  const auto read = file ? read_records(file, journal) : failure(code, "open");
  if (!read && is_shortage(read.error().code)) return failure(read.error().code, "read the journal", journal.path);
  if (!read) {
    journal.directories.clear();
    journal.processes.clear();
    journal.calls.clear();
    journal.problem = unreadable(journal.path, read.error());
  }
  journal.lock = std::move(file);
  return journal;
}

}  // namespace

Result<void> visit_dead_journals(const std::string& path, const std::function<bool(const DeadJournal&)>& visit,
                                 const AwaitEnd& await_end) {
  auto directory = open_runtime_directory(path);
  if (!directory && directory.error().code == ENOENT) return {};
  if (!directory) return tl::unexpected(directory.error());
  Result<void> result;
  auto listed = linux::list(*directory, [&](const std::string& name) {
    if (!name.ends_with(kSuffix)) return true;
    const auto journal = take_journal(*directory, path, name, await_end);
    if (!journal) result = tl::unexpected(journal.error());
    return journal && (!*journal || visit(**journal));
  });
  return result ? listed : result;
}

std::vector<std::string> listed_runs(const std::string& path) {
  std::vector<std::string> runs;
  const auto directory = open_runtime_directory(path);
  if (!directory) return runs;
  (void)linux::list(*directory, [&](const std::string& name) {
    if (name.ends_with(kSuffix)) runs.push_back(name.substr(0, name.size() - kSuffix.size()));
    return true;
  });
  return runs;
}

std::vector<Error> sweep_journals(const std::string& path, const RemoveDirectory& remove) {
  std::vector<Error> problems;
  const auto undo = [&](const DeadJournal& journal) {
    for (auto record = journal.directories.rbegin(); record != journal.directories.rend(); ++record) {
      if (auto removed = remove(*record); !removed) {
        problems.push_back(removed.error());
        return;
      }
    }
    (void)journal.remove();
  };
  bool has_told = false;
  auto visited = visit_dead_journals(path, [&](const DeadJournal& journal) {
    // A start is no moment to end another container, or to wait for that: slipway clean does it.
    const bool is_dead = !journal.problem && !journal.has_survivors();
    if (is_dead && journal.calls.empty()) undo(journal);
    // Nor does it load another's plugins.
    if (is_dead && !journal.calls.empty() && !std::exchange(has_told, true))
      problems.push_back({0, "take back what plugins did", journal.path, "call slipway clean, which does it"});
    // The next one would wait for the same, or not hear of who asks for the end.
    const int code = problems.empty() ? 0 : problems.back().code;
    return code != EBUSY && code != EINTR;
  });
  if (!visited) problems.push_back(visited.error());
  return problems;
}

}  // namespace slipway::run
