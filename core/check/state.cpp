#include "core/check/state.hpp"

#include <dirent.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <clocale>
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

std::vector<std::string> environment() {
  std::vector<std::string> all{"its variables"};
  for (char** one = ::environ; one != nullptr && *one != nullptr; ++one) all.emplace_back(*one);
  return all;
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

std::vector<std::string> descriptors() {
  std::vector<std::string> all;
  for (const std::string& number : names_in("/proc/self/fd")) {
    std::array<char, PATH_MAX> to{};
    const ssize_t size = ::readlink(("/proc/self/fd/" + number).c_str(), to.data(), to.size() - 1);
    all.push_back(number + (size > 0 ? " (" + std::string(to.data()) + ")" : ""));
  }
  return all;
}

std::vector<std::string> threads() {
  const std::size_t count = names_in("/proc/self/task").size();
  return count == 0 ? std::vector<std::string>() : std::vector<std::string>{std::to_string(count)};
}

std::vector<std::string> handlers() {
  std::vector<std::string> all{"those of slipway"};
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_DFL) continue;
    const char* const name = ::sigabbrev_np(signal);
    std::array<char, 24> where{};
    (void)std::snprintf(where.data(), where.size(), "%p", reinterpret_cast<void*>(action.sa_handler));  // NOLINT
    all.push_back(std::string(name != nullptr ? name : "RT") + " " +
                  (action.sa_handler == SIG_IGN ? "ignored" : where.data()));
  }
  return all;
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
  return {{"the current directory", {directory()}},
          {"the umask", {mask()}},
          {"the locale", {locale()}},
          {"the environment", environment()},
          {"open descriptors", descriptors()},
          {"threads", threads()},
          {"signal handlers", handlers()},
          {"blocked signals", {blocked()}},
          {"child processes", {children()}},
          {"resource limits", {limits()}}};
}

std::vector<std::string> differences(const State& before, const State& after) {
  constexpr std::size_t kReadable = 160;
  std::vector<std::string> all;
  const auto only_in = [](const std::vector<std::string>& one, const std::vector<std::string>& other) {
    std::string text;
    for (const std::string& value : one) {
      if (std::find(other.begin(), other.end(), value) == other.end()) text += (text.empty() ? "" : ", ") + value;
    }
    return "\"" + printable(text, kReadable) + "\"";
  };
  for (std::size_t i = 0; i < before.size() && i < after.size(); ++i) {
    const std::vector<std::string>& was = before[i].values;
    const std::vector<std::string>& is = after[i].values;
    if (was == is || was.empty() || is.empty()) continue;
    all.push_back(before[i].name + ": was " + only_in(was, is) + ", is " + only_in(is, was));
  }
  return all;
}

}  // namespace slipway::check
