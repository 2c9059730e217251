#include "core/check/state.hpp"

#include <dirent.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <clocale>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "core/report/report.hpp"

namespace slipway::check {
namespace {

std::string directory() {
  std::array<char, PATH_MAX> path{};
  return ::getcwd(path.data(), path.size()) != nullptr ? path.data() : "gone";
}

std::string mask() {
  const mode_t now = ::umask(0);
  ::umask(now);
  std::array<char, 8> text{};
  (void)std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(now));
  return text.data();
}

std::string locale() {
  const char* now = ::setlocale(LC_ALL, nullptr);  // NOLINT(concurrency-mt-unsafe): one thread
  return now != nullptr ? now : "none";
}

std::string environment() {
  std::vector<std::string> all;
  for (char** one = ::environ; one != nullptr && *one != nullptr; ++one) all.emplace_back(*one);
  std::sort(all.begin(), all.end());
  std::string text;
  for (const std::string& one : all) text += (text.empty() ? "" : " ") + one;
  return text;
}

// Names in a directory of /proc/self, without those of the descriptor that lists them.
std::vector<std::string> names_in(const char* path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(path), &::closedir);
  std::vector<std::string> names;
  if (!open) return names;
  const std::string own = std::to_string(::dirfd(open.get()));
  while (const dirent* entry = ::readdir(open.get())) {  // NOLINT(concurrency-mt-unsafe): a stream of our own
    if (entry->d_name[0] != '.' && entry->d_name != own) names.emplace_back(entry->d_name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string descriptors() {
  std::string text;
  for (const std::string& number : names_in("/proc/self/fd")) {
    std::array<char, PATH_MAX> to{};
    const ssize_t size = ::readlink(("/proc/self/fd/" + number).c_str(), to.data(), to.size() - 1);
    text += (text.empty() ? "" : ", ") + number + (size > 0 ? " (" + std::string(to.data()) + ")" : "");
  }
  return text;
}

std::string threads() { return std::to_string(names_in("/proc/self/task").size()); }

std::string handlers() {
  std::string text;
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_DFL) continue;
    const char* const name = ::sigabbrev_np(signal);
    std::array<char, 24> where{};
    (void)std::snprintf(where.data(), where.size(), "%p", reinterpret_cast<void*>(action.sa_handler));  // NOLINT
    text += (text.empty() ? "" : ", ") + std::string(name != nullptr ? name : "RT") + " " +
            (action.sa_handler == SIG_IGN ? "ignored" : where.data());
  }
  return text.empty() ? "none" : text;
}

std::string blocked() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigprocmask(SIG_SETMASK, nullptr, &set);
  std::string text;
  for (int signal = 1; signal < NSIG; ++signal) {
    if (::sigismember(&set, signal) == 1) text += (text.empty() ? "" : " ") + std::to_string(signal);
  }
  return text.empty() ? "none" : text;
}

std::string children() {
  std::string text;
  if (FILE* const file = std::fopen("/proc/thread-self/children", "re")) {
    int pid = 0;
    while (std::fscanf(file, "%d", &pid) == 1) text += (text.empty() ? "" : " ") + std::to_string(pid);
    (void)std::fclose(file);
  }
  return text.empty() ? "none" : text;
}

std::string limits() {
  std::string text;
  for (const auto what : {RLIMIT_NOFILE, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_FSIZE}) {
    struct rlimit limit {};
    ::getrlimit(what, &limit);
    text += (text.empty() ? "" : " ") + std::to_string(limit.rlim_cur);
  }
  return text;
}

}  // namespace

State look() {
  return {{"the current directory", directory()}, {"the umask", mask()},
          {"the locale", locale()},               {"the environment", environment()},
          {"open descriptors", descriptors()},    {"threads", threads()},
          {"signal handlers", handlers()},        {"blocked signals", blocked()},
          {"child processes", children()},        {"resource limits", limits()}};
}

std::vector<std::string> differences(const State& before, const State& after) {
  constexpr std::size_t kReadable = 160;
  std::vector<std::string> all;
  for (std::size_t i = 0; i < before.size() && i < after.size(); ++i) {
    std::string_view was = before[i].value;
    std::string_view is = after[i].value;
    if (was == is) continue;
    // What both begin with says nothing.
    const auto same = static_cast<std::size_t>(std::mismatch(was.begin(), was.end(), is.begin(), is.end()).first - was.begin());
    constexpr std::size_t kShort = 40;
    if (same > kShort) {
      was.remove_prefix(same);
      is.remove_prefix(same);
    }
    all.push_back(before[i].name + ": was \"" + printable(was, kReadable) + "\", is \"" + printable(is, kReadable) + "\"");
  }
  return all;
}

}  // namespace slipway::check
