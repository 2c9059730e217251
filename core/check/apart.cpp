#include "core/check/apart.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio_ext.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace slipway::check {
namespace {

constexpr std::size_t kMostRead = std::size_t{64} << 20U;
constexpr rlim_t kMostMemory = rlim_t{2} << 30U;
constexpr rlim_t kMostFile = rlim_t{64} << 20U;
constexpr rlim_t kMostFiles = 1024;

off_t answered = 0;

void limit_to(__rlimit_resource_t what, rlim_t value) {
  const struct rlimit limit { value, value };
  (void)::setrlimit(what, &limit);  // a lower one that is there already is as good
}

// A directory that goes with its process.
class Workplace {
 public:
  Workplace() {
    std::string pattern = (std::filesystem::temp_directory_path() / "slipway-check.XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~Workplace() {
    std::error_code none;
    if (!path_.empty()) std::filesystem::remove_all(path_, none);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  Workplace(Workplace&&) = delete;
  Workplace& operator=(Workplace&&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_{};
};

struct Streams {
  linux::Fd answer{::memfd_create("answer", MFD_CLOEXEC)};
  linux::Fd output{::memfd_create("output", MFD_CLOEXEC)};
  linux::Fd errors{::memfd_create("errors", MFD_CLOEXEC)};
};

std::string content(const linux::Fd& file) {
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return {};
  return linux::read_all(file, kMostRead).value_or(std::string());
}

[[noreturn]] void work(const Streams& streams, const std::string& place, const std::function<void()>& function,
                       std::chrono::milliseconds limit) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);
  const linux::Fd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const bool is_set = ::dup2(nothing.get(), STDIN_FILENO) == 0 && ::dup2(streams.output.get(), STDOUT_FILENO) == 1 &&
                      ::dup2(streams.errors.get(), STDERR_FILENO) == 2 &&
                      ::dup3(streams.answer.get(), kAnswer, O_CLOEXEC) == kAnswer && ::chdir(place.c_str()) == 0;
  if (!is_set) ::_exit(1);
  // What slipway has open, and its caller had, is out of the plugin's reach.
  (void)::close_range(STDERR_FILENO + 1, kAnswer - 1, 0);
  (void)::close_range(kAnswer + 1, ~0U, 0);
  ::__fpurge(stdout);  // what was waiting to be printed is the caller's
  limit_to(RLIMIT_CORE, 0);
  limit_to(RLIMIT_FSIZE, kMostFile);
  limit_to(RLIMIT_NOFILE, kMostFiles);
  limit_to(RLIMIT_CPU, static_cast<rlim_t>(limit.count() / 1000 + 1));
#ifndef SLIPWAY_SANITIZED  // the sanitizers reserve terabytes
  limit_to(RLIMIT_AS, kMostMemory);
#endif
  function();
  ::_exit(0);
}

std::string name_of(pid_t pid) {
  const linux::Fd file(::open(("/proc/" + std::to_string(pid) + "/comm").c_str(), O_RDONLY | O_CLOEXEC));
  std::string name = file ? linux::read_all(file, 64).value_or(std::string()) : std::string();
  if (name.ends_with('\n')) name.pop_back();
  return printable(name, 32) + " (" + std::to_string(pid) + ")";
}

// Those that have not ended; who has is waited for.
std::vector<pid_t> running_children(const std::vector<pid_t>& spared) {
  std::vector<pid_t> all;
  for (const pid_t child : linux::children_of(::getpid())) {
    if (std::find(spared.begin(), spared.end(), child) != spared.end()) continue;
    if (::waitpid(child, nullptr, WNOHANG) == 0) all.push_back(child);
  }
  return all;
}

// Waits as long as it takes, but for so long at most; whether it has ended.
bool ends_within(const linux::Process& process, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  struct pollfd end {
    process.pidfd.get(), POLLIN, 0
  };
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const int count = ::poll(&end, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (count > 0) return true;
    if (count == 0 || errno != EINTR) return false;
  }
}

}  // namespace

std::string end_children(const std::vector<pid_t>& spared) {
  constexpr std::chrono::seconds kForLast{1};
  constexpr std::chrono::seconds kLongest{10};
  const auto begin = std::chrono::steady_clock::now();
  const auto is_within = [begin](std::chrono::seconds limit) {
    return std::chrono::steady_clock::now() - begin < limit;
  };
  // One that is about to end is none that is left: whether it is met at all would be chance.
  constexpr int kPause_ms = 2;
  while (is_within(kForLast) && !running_children(spared).empty()) (void)::poll(nullptr, 0, kPause_ms);
  std::string left;
  while (is_within(kLongest)) {
    const std::vector<pid_t> children = running_children(spared);
    if (children.empty()) break;
    for (const pid_t child : children) {
      const std::string name = name_of(child);
      if (left.find(name) == std::string::npos) left += (left.empty() ? "" : ", ") + name;
      // With its group, which may grow faster than one after the other could be ended.
      if (const pid_t group = ::getpgid(child); group > 0 && group != ::getpgrp()) (void)::kill(-group, SIGKILL);
      (void)::kill(child, SIGKILL);
      (void)::waitpid(child, nullptr, 0);
    }
  }
  return left;
}

void answer(const std::string& line) {
  const std::string whole = line + "\n";
  std::size_t done = 0;
  while (done < whole.size()) {
    const ssize_t written = ::pwrite(kAnswer, whole.data() + done, whole.size() - done, answered);
    if (written <= 0) return;
    done += static_cast<std::size_t>(written);
    answered += written;
  }
}

Result<Ran> run_apart(const std::function<void()>& function, std::chrono::milliseconds limit) {
  // Whatever the plugin begins comes to this process when its parent ends, in whatever session it is.
  (void)::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const std::vector<pid_t> others = linux::children_of(::getpid());
  const Workplace place;
  const Streams streams;
  if (!streams.answer || !streams.output || !streams.errors || place.path().empty())
    return failure(errno, "make room for a process to check the plugin in", place.path());
  auto process = linux::clone_process(0);
  if (!process) return tl::unexpected(process.error());
  if (process->pid == 0) work(streams, place.path(), function, limit);

  Ran ran;
  ran.has_timed_out = !ends_within(*process, limit);
  // The whole group, when nobody asks any more what it has left.
  if (ran.has_timed_out && ::kill(-process->pid, SIGKILL) != 0) (void)linux::send_signal(*process, SIGKILL);
  auto ending = linux::wait_for(*process);
  ran.left = end_children(others);
  if (!ending) return tl::unexpected(ending.error());
  ran.ending = *ending;
  ran.answer = content(streams.answer);
  ran.output = content(streams.output);
  ran.errors = content(streams.errors);
  return ran;
}

}  // namespace slipway::check
