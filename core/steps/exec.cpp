#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "core/steps/exec_problem.hpp"
#include "core/steps/program_file.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {
namespace {

constexpr int kCannotRun = 126;
constexpr int kNoSuchFile = 127;

std::string_view path_of(const std::vector<std::string>& environment) {
  for (const std::string& variable : environment) {
    if (variable.starts_with("PATH=")) return std::string_view(variable).substr(5);
  }
  return {};
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Who hands descriptors over in the manner of systemd knows their number, but not the process of the program.
void tell_own_number(std::vector<std::string>& environment) {
  const auto has = [&](std::string_view name) {
    return std::any_of(environment.begin(), environment.end(),
                       [name](const std::string& variable) { return variable.starts_with(name); });
  };
  if (!has("LISTEN_FDS=")) return;
  std::erase_if(environment, [](const std::string& variable) { return variable.starts_with("LISTEN_PID="); });
  environment.push_back("LISTEN_PID=" + std::to_string(::getpid()));
}

// What cannot be looked at may be there all the same: behind a directory that is closed, or links in a circle.
bool is_missing(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) != 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG);
}

bool is_regular_file(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode);
}

// "; /bin/x: it is a directory", or nothing where nothing has that name.
std::string what_lies_at(const std::string& path, int code) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return {};
  const Error problem = exec_problem(path, code);
  return problem.hint.empty() ? "" : "; " + problem.subject + ": " + problem.hint;
}

}  // namespace

std::string summary(const Exec& step) {
  std::string text;
  for (const std::string& arg : step.args) text += (text.empty() ? "" : " ") + printable(arg, 64);
  if (step.init == Init::slipway) text += " (under slipway's init)";
  if (step.preserve_fds > 0) text += " (with descriptors 3 to " + std::to_string(step.preserve_fds + 2) + ")";
  return text;
}

std::string problem_of(const Exec& step) {
  if (step.args.empty() || step.args[0].empty()) return "args names no program";
  for (const std::string& arg : step.args) {
    if (arg.find('\0') != std::string::npos) return "an argument holds a NUL byte, which execve(2) cannot pass on";
  }
  constexpr std::int64_t kMostSeconds = 86400, kMostDescriptors = 1024;
  if (step.stop_signal < 1 || step.stop_signal >= NSIG)
    return "stop_signal is " + std::to_string(step.stop_signal) + ", and signals are numbered from 1 to 64";
  if (step.stop_timeout < 0 || step.stop_timeout > kMostSeconds)
    return "stop_timeout is " + std::to_string(step.stop_timeout) + "; it has 0 to 86400 seconds";
  if (step.preserve_fds < 0 || step.preserve_fds > kMostDescriptors)
    return "preserve_fds is " + std::to_string(step.preserve_fds) + "; it has 0 to 1024 descriptors";
  return {};
}

Result<void> apply(const Exec& step, Inside& inside) {
  if (step.preserve_fds > 0) tell_own_number(inside.environment);
  std::vector<std::string> args = step.args;
  const std::vector<char*> arguments = pointers_to(args);
  const std::vector<char*> environment = pointers_to(inside.environment);
  const std::string& program = step.args[0];
  if (program.find('/') != std::string::npos) {
    if (auto plain = refuse_magic_links(program); !plain) {
      inside.exec_status = kCannotRun;
      return plain;
    }
    ::execve(program.c_str(), arguments.data(), environment.data());
    const int problem = errno;
    inside.exec_status = is_missing(program) ? kNoSuchFile : kCannotRun;
    return tl::unexpected(exec_problem(program, problem));
  }
  // As execvp(3): a file that may not be executed does not end the search, but is remembered. An empty element
  // of PATH is not taken for the working directory here, which in a container is never what was meant.
  std::string refused;
  std::string near;  // what has the name and is no program
  int code = ENOENT;
  std::string_view rest = path_of(inside.environment);
  while (!rest.empty()) {
    const std::size_t end = rest.find(':');
    const std::string_view directory = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (directory.empty()) continue;
    const std::string path = std::string(directory) + "/" + program;
    if (auto plain = refuse_magic_links(path); !plain) {
      inside.exec_status = kCannotRun;
      return plain;
    }
    ::execve(path.c_str(), arguments.data(), environment.data());
    const int problem = errno;
    if (!is_regular_file(path)) {
      if (near.empty()) near = what_lies_at(path, problem);
      continue;
    }
    inside.exec_status = kCannotRun;
    if (problem != EACCES) return tl::unexpected(exec_problem(path, problem));
    if (refused.empty()) refused = path;
    code = EACCES;
  }
  if (code == EACCES) return tl::unexpected(exec_problem(refused, code));
  return failure(ENOENT, "run", printable(program, 200),
                 "no directory of PATH in the container has it: " + printable(path_of(inside.environment), 300) + near +
                     root_one_deeper() +
                     (program.starts_with('-') ? "; options of slipway's own stand before the image" : ""));
}

}  // namespace slipway::steps
