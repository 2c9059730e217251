#include "tests/support/leftovers.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iterator>
#include <map>
#include <sstream>

#include "core/linux/fd.hpp"

namespace slipway::tests {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> paths_below(const std::vector<Watch::Below>& directories) {
  std::vector<std::string> paths;
  for (const Watch::Below& below : directories) {
    std::error_code error;
    fs::recursive_directory_iterator at(below.directory, fs::directory_options::skip_permission_denied, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
      paths.push_back(at->path().string());
      if (at.depth() + 1 >= below.depth) at.disable_recursion_pending();
    }
  }
  return paths;
}

std::vector<std::string> added(const std::multiset<std::string>& before, const std::vector<std::string>& now) {
  const std::multiset<std::string> sorted(now.begin(), now.end());
  std::vector<std::string> more;
  std::set_difference(sorted.begin(), sorted.end(), before.begin(), before.end(), std::back_inserter(more));
  return more;
}

template <class Texts>
std::multiset<std::string> as_set(const Texts& texts) {
  return {texts.begin(), texts.end()};
}

constexpr std::size_t kLargestStat = 4096;

struct ProcessEntry {
  pid_t parent = 0;
  bool has_ended = false;
  std::string name;
};

std::map<pid_t, ProcessEntry> all_processes() {
  std::map<pid_t, ProcessEntry> processes;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const std::string text = entry.path().filename().string();
    pid_t pid = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), pid).ptr != text.data() + text.size()) continue;
    // A process may end between the listing, the opening and the reading; a stream would throw on the last (ESRCH).
    const linux::Fd file(::open((entry.path() / "stat").c_str(), O_RDONLY | O_CLOEXEC));
    const std::string stat = file ? linux::read_all(file, kLargestStat).value_or(std::string()) : std::string();
    // "PID (NAME) STATE PARENT ... THREADS"; a name may hold blanks and brackets, so it ends at the last one. proc(5).
    const std::size_t open = stat.find('('), close = stat.rfind(')');
    if (close == std::string::npos || close + 4 >= stat.size()) continue;  // gone meanwhile
    std::istringstream fields(stat.substr(close + 2));
    char state = '?';
    pid_t parent = 0;
    std::size_t threads = 0;
    fields >> state >> parent;
    constexpr int kBetween = 15;
    std::string field;
    for (int i = 0; i < kBetween; ++i) fields >> field;
    fields >> threads;
    // The state is the main thread's, and the others may live on.
    processes[pid] = {parent, (state == 'Z' || state == 'X') && threads <= 1, stat.substr(open, close - open + 1)};
  }
  return processes;
}

}  // namespace

std::string Leftovers::to_text() const {
  std::string text;
  const auto add = [&](const char* what, const std::vector<std::string>& list) {
    for (const std::string& one : list) text += std::string(what) + " " + one + "\n";
  };
  add("mount", mounts);
  add("process", processes);
  add("path", paths);
  return text;
}

std::vector<std::string> descendants() {
  const std::map<pid_t, ProcessEntry> processes = all_processes();
  const auto is_ours = [&](pid_t pid) {
    // Bounded: the entries are not of one moment, so their parents could form a ring.
    for (std::size_t steps = 0; steps < processes.size(); ++steps) {
      const auto found = processes.find(pid);
      if (found == processes.end()) return false;
      pid = found->second.parent;
      if (pid == ::getpid()) return true;
    }
    return false;
  };
  std::vector<std::string> ours;
  for (const auto& [pid, process] : processes) {
    if (!process.has_ended && is_ours(pid)) ours.push_back(std::to_string(pid) + " " + process.name);
  }
  return ours;
}

Watch::Watch(const PrivateMounts* mounts, std::vector<Below> directories)
    : mounts_(mounts), directories_(std::move(directories)) {
  if (mounts_ != nullptr) mounts_before_ = as_set(mounts_->mount_points());
  processes_before_ = as_set(descendants());
  paths_before_ = as_set(paths_below(directories_));
}

Leftovers Watch::look() const {
  Leftovers found;
  if (mounts_ != nullptr) found.mounts = added(mounts_before_, mounts_->mount_points());
  found.processes = added(processes_before_, descendants());
  found.paths = added(paths_before_, paths_below(directories_));
  return found;
}

}  // namespace slipway::tests
