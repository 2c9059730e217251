#include "core/run/journal.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <memory>

#include "core/linux/random.hpp"

namespace slipway::run {
namespace {

constexpr std::string_view kSuffix = ".journal";
constexpr std::string_view kRunDirectory = "run-directory";
constexpr std::string_view kProcess = "process";
constexpr std::size_t kRunIdBytes = 6;
constexpr std::size_t kLargestJournal = std::size_t{1} << 20U;

// Root's place is a fixed one; see runtime_directory.
const char* in_its_place() {
  return ::geteuid() == 0 ? "remove what stands there; slipway makes it anew"
                          : "remove it, or set XDG_RUNTIME_DIR to a directory of your own";
}

Result<linux::Fd> open_directory(const std::string& path) {
  if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return failure(errno, "make the runtime directory", path, "set XDG_RUNTIME_DIR to a directory of your own");
  }
  linux::Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return failure(errno, "open the runtime directory", path, in_its_place());
  struct stat found {};
  if (::fstat(directory.get(), &found) != 0) return failure(errno, "look at the runtime directory", path);
  // In /tmp anybody may have made a directory of this name first.
  if (found.st_uid != ::geteuid() || (found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return failure(0, "the runtime directory is not yours alone", path, in_its_place());
  }
  return directory;
}

// Whether the name still leads to the file: another run may have swept it before the lock was taken.
bool is_linked(const linux::Fd& file) {
  struct stat found {};
  return ::fstat(file.get(), &found) == 0 && found.st_nlink > 0;
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char letter : text) {
    if (letter == '\t')
      safe += "%09";
    else if (letter == '\n')
      safe += "%0a";
    else if (letter == '%')
      safe += "%25";
    else
      safe += letter;
  }
  return safe;
}

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 3) == "%09")
      plain += '\t';
    else if (text.substr(i, 3) == "%0a")
      plain += '\n';
    else if (text.substr(i, 3) == "%25")
      plain += '%';
    else {
      plain += text[i];
      continue;
    }
    i += 2;
  }
  return plain;
}

bool is_alive(const ContainerProcess& process) {
  return process.start_time != 0 && container_process(process.pid) == process;
}

bool is_run_id(std::string_view text) {
  return text.size() == 2 * kRunIdBytes && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

struct Records {
  std::vector<RunDirectory> directories{};
  std::vector<ContainerProcess> processes{};
};

Records records_in(const linux::Fd& file) {
  Records records;
  const std::string text = linux::read_all(file, kLargestJournal).value_or(std::string());
  std::size_t at = 0;
  while (true) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) return records;
    const std::string_view line = std::string_view(text).substr(at, end - at);
    if (auto record = record_of(line)) records.directories.push_back(std::move(*record));
    if (auto process = process_of(line)) records.processes.push_back(*process);
    at = end + 1;
  }
}

}  // namespace

ContainerProcess container_process(pid_t pid) {
  const linux::Fd file(::open(("/proc/" + std::to_string(pid) + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return {pid, 0};
  constexpr std::size_t kLargestStat = 4096;
  const std::string text = linux::read_all(file, kLargestStat).value_or(std::string());
  // Field 22; the second one is the command's name in parentheses, which may hold anything. proc_pid_stat(5).
  std::size_t at = text.rfind(')');
  // One that has ended keeps its entry until its parent looks at it, and init may take its time.
  for (const char* ended : {") Z", ") X"}) {
    if (at != std::string::npos && text.compare(at, 3, ended) == 0) return {pid, 0};
  }
  constexpr int kFieldsBehindName = 20;
  for (int i = 0; i < kFieldsBehindName && at != std::string::npos; ++i) at = text.find(' ', at + 1);
  ContainerProcess process{pid, 0};
  if (at != std::string::npos) std::from_chars(text.data() + at + 1, text.data() + text.size(), process.start_time);
  return process;
}

std::string to_line(const ContainerProcess& record) {
  std::string line(kProcess);
  line.append(1, '\t').append(std::to_string(record.pid)).append(1, '\t').append(std::to_string(record.start_time));
  return line + '\n';
}

std::optional<ContainerProcess> process_of(std::string_view line) {
  if (!line.starts_with(kProcess)) return std::nullopt;
  line.remove_prefix(kProcess.size());
  ContainerProcess process;
  if (!line.starts_with('\t')) return std::nullopt;
  const auto pid = std::from_chars(line.data() + 1, line.data() + line.size(), process.pid);
  if (pid.ec != std::errc{} || pid.ptr == line.data() + line.size() || *pid.ptr != '\t') return std::nullopt;
  const auto time = std::from_chars(pid.ptr + 1, line.data() + line.size(), process.start_time);
  if (time.ec != std::errc{} || time.ptr != line.data() + line.size() || process.pid <= 0) return std::nullopt;
  return process;
}

std::string to_line(const RunDirectory& record) {
  std::string line(kRunDirectory);
  for (const std::string& field : {record.run, record.ids, escaped(record.store)}) line.append(1, '\t').append(field);
  return line + '\n';
}

std::optional<RunDirectory> record_of(std::string_view line) {
  std::array<std::string_view, 4> fields{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t end = line.find('\t');
    if ((end == std::string_view::npos) != (i + 1 == fields.size())) return std::nullopt;
    fields.at(i) = line.substr(0, end);
    if (end != std::string_view::npos) line.remove_prefix(end + 1);
  }
  if (fields[0] != kRunDirectory || !is_run_id(fields[1])) return std::nullopt;
  // From where a relative one was meant is not known any more.
  if (!fields[3].starts_with('/')) return std::nullopt;
  return RunDirectory{std::string(fields[1]), std::string(fields[2]), unescaped(fields[3])};
}

std::string runtime_directory() {
  if (::geteuid() == 0) return "/run/slipway";
  if (const char* own = ::secure_getenv("XDG_RUNTIME_DIR"); own != nullptr && own[0] == '/') {
    return std::string(own) + "/slipway";
  }
  return "/tmp/slipway-" + std::to_string(::geteuid());
}

Result<Journal> Journal::begin(const std::string& path) {
  auto directory = open_directory(path);
  if (!directory) return tl::unexpected(directory.error());
  Journal journal;
  constexpr int kTries = 16;
  for (int i = 0; i < kTries; ++i) {
    auto id = linux::random_hex(kRunIdBytes);
    if (!id) return tl::unexpected(id.error());
    journal.run_ = std::move(*id);
    const std::string name = journal.run_ + std::string(kSuffix);
    journal.file_ =
        linux::Fd(::openat(directory->get(), name.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!journal.file_ && errno == EEXIST) continue;
    if (!journal.file_) return failure(errno, "make the journal", path);
    if (::flock(journal.file_.get(), LOCK_EX | LOCK_NB) == 0 && is_linked(journal.file_)) {
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

Result<void> Journal::undo(const std::function<Result<void>(const RunDirectory&)>& remove) {
  while (!records_.empty()) {
    if (auto removed = remove(records_.back()); !removed) return removed;
    records_.pop_back();
  }
  const std::string name = run_ + std::string(kSuffix);
  if (::unlinkat(directory_.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
    return failure(errno, "remove the journal", name);
  }
  file_.reset();
  return {};
}

std::vector<Error> sweep_journals(const std::string& path,
                                  const std::function<Result<void>(const RunDirectory&)>& remove) {
  std::vector<Error> problems;
  auto directory = open_directory(path);
  if (!directory) return problems;
  auto listed = linux::duplicate(*directory);
  if (!listed) return problems;
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(listed->get()), &::closedir);
  if (!entries) return problems;
  (void)listed->release();  // closedir closes it
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string name = static_cast<const char*>(entry->d_name);
    if (!name.ends_with(kSuffix)) continue;
    const linux::Fd file(::openat(directory->get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0 || !is_linked(file)) continue;
    const Records records = records_in(file);
    if (std::any_of(records.processes.begin(), records.processes.end(), is_alive)) continue;
    bool undone = true;
    for (auto record = records.directories.rbegin(); record != records.directories.rend(); ++record) {
      if (auto removed = remove(*record); !removed) {
        problems.push_back(removed.error());
        undone = false;
      }
    }
    if (undone) (void)::unlinkat(directory->get(), name.c_str(), 0);
  }
  return problems;
}

}  // namespace slipway::run
