#include "core/linux/process_stat.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>

#include "core/linux/fd.hpp"
#include "core/linux/listing.hpp"

namespace slipway::linux {
namespace {

std::string directory_of(pid_t pid) { return "/proc/" + std::to_string(pid); }

std::string text_of(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  constexpr std::size_t kLargest = 4096;
  return file ? read_all(file, kLargest).value_or(std::string()) : std::string();
}

// From field 3 (the state) on. The second one is the command's name in parentheses, which may hold anything.
std::string stat_behind_name(const std::string& path) {
  const std::string text = text_of(path);
  const std::size_t end_of_name = text.rfind(") ");
  return end_of_name == std::string::npos ? std::string() : text.substr(end_of_name + 2);
}

constexpr int kState = 3, kParent = 4, kGroup = 5, kSession = 6, kFlags = 9, kThreads = 20,
              kStartTime = 22;  // as the manual numbers the fields

ProcessStat parse(std::string_view text) {
  ProcessStat stat;
  for (int number = kState; !text.empty(); ++number) {
    const std::string_view field = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), field.size() + 1));
    std::uint64_t value = 0;
    (void)std::from_chars(field.data(), field.data() + field.size(), value);
    if (number == kState && !field.empty()) stat.state = field.front();
    if (number == kParent) stat.parent = static_cast<pid_t>(value);
    if (number == kGroup) stat.group = static_cast<pid_t>(value);
    if (number == kSession) stat.session = static_cast<pid_t>(value);
    if (number == kFlags) stat.flags = value;
    if (number == kThreads) stat.threads = value;
    if (number == kStartTime) {
      stat.start_time = value;
      break;
    }
  }
  return stat;
}

// A line like "SigCgt:\t0000000000000002"; proc_pid_status(5).
std::uint64_t signals_in(const std::string& status, std::string_view name) {
  std::size_t at = status.find(name);
  std::uint64_t set = 0;
  if (at == std::string::npos) return set;
  at = std::min(status.find_first_not_of(" \t", at + name.size()), status.size());
  constexpr int kHexadecimal = 16;
  (void)std::from_chars(status.data() + at, status.data() + status.size(), set, kHexadecimal);
  return set;
}

bool stands_still(char state) { return std::string_view("TtZX").find(state) != std::string_view::npos; }

// Calls `visit` with the path of each thread's directory until it returns false.
void visit_threads(pid_t pid, const std::function<bool(const std::string&)>& visit) {
  const std::string path = directory_of(pid) + "/task";
  const Fd tasks(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (tasks) (void)list(tasks, [&](const std::string& task) { return visit(path + "/" + task); });
}

}  // namespace

ProcessStat stat_of(pid_t pid) { return parse(stat_behind_name(directory_of(pid) + "/stat")); }

bool takes_signal(pid_t pid, int signal) {
  const std::string status = text_of(directory_of(pid) + "/status");
  const std::uint64_t one = std::uint64_t{1} << static_cast<unsigned>(signal - 1);
  return ((signals_in(status, "\nSigBlk:") | signals_in(status, "\nSigCgt:")) & one) != 0;
}

bool is_running(pid_t pid) {
  const ProcessStat stat = stat_of(pid);
  if (!stands_still(stat.state)) return true;
  // A stop stops all threads, and each of them can be asked; the main one cannot any more when it has left.
  if (stat.state != 'Z' || stat.has_ended()) return false;
  bool runs = false;
  visit_threads(pid, [&](const std::string& thread) {
    runs = !stands_still(parse(stat_behind_name(thread + "/stat")).state);
    return !runs;
  });
  return runs;
}

std::uint64_t start_time_now() {
  // A process's start is taken by this clock, and told in these ticks.
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  constexpr std::uint64_t kPerSecond = 1'000'000'000;
  const auto ticks = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  return static_cast<std::uint64_t>(now.tv_sec) * ticks + static_cast<std::uint64_t>(now.tv_nsec) * ticks / kPerSecond;
}

bool MountNamespaces::contain(const FileId& one) const { return std::find(all.begin(), all.end(), one) != all.end(); }

MountNamespaces mount_namespaces_of(pid_t pid) {
  MountNamespaces found;
  visit_threads(pid, [&](const std::string& thread) {
    struct stat file {};
    // ENOENT, ESRCH: this thread has ended, or is about to, and has given up its namespaces.
    if (::stat((thread + "/ns/mnt").c_str(), &file) != 0) {
      found.hidden = found.hidden || (errno != ENOENT && errno != ESRCH);
    } else if (const FileId id{file.st_dev, file.st_ino}; !found.contain(id)) {
      found.all.push_back(id);
    }
    return true;
  });
  return found;
}

Result<FileId> own_mount_namespace() {
  constexpr const char* kPath = "/proc/self/ns/mnt";
  struct stat file {};
  if (::stat(kPath, &file) != 0) return failure(errno, "look at", kPath);
  return FileId{file.st_dev, file.st_ino};
}

}  // namespace slipway::linux
