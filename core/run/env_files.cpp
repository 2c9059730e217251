#include "core/run/env_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "core/plan/plan.hpp"

namespace slipway::run {
namespace {

constexpr const char* kDoing = "read the environment file";
constexpr const char* kNamed = "--env-file names it, or exec.env_files in the pipeline";
// More than the kernel takes: an eighth of that is its limit for one variable (execve(2)).
constexpr std::size_t kLargest = std::size_t{1} << 20U;

tl::unexpected<Error> wrong_line(const std::string& path, std::size_t line, const std::string& what) {
  return failure(0, kDoing, path + ":" + std::to_string(line) + ": " + what,
                 "a line is NAME=VALUE, NAME alone for your own value, empty, or begins with #");
}

tl::unexpected<Error> too_large(const std::string& path) {
  return failure(EFBIG, kDoing, path, "it has at most 1 MiB, and the kernel takes about as much (execve(2))");
}

Result<std::string> text_of(const std::string& path, const Interruption& interruption) {
  // Not to wait in open(2) or read(2): the signals that ask for the end are blocked, and wait to be read.
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return failure(errno, kDoing, path, kNamed);
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return failure(errno, kDoing, path);
  if (S_ISDIR(found.st_mode)) return failure(EISDIR, kDoing, path, kNamed);
  if (S_ISREG(found.st_mode) && found.st_size > static_cast<off_t>(kLargest)) return too_large(path);
  std::string text;
  std::array<char, 16384> buffer{};
  while (true) {
    if (!S_ISREG(found.st_mode)) {
      if (auto ready = wait_for_input(file, interruption, kDoing); !ready) return tl::unexpected(ready.error());
    }
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return failure(errno, kDoing, path);
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > kLargest) return too_large(path);
  }
}

std::optional<std::string> callers_value(const std::string& name) {
  const char* value = ::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace

Result<std::vector<std::string>> variables_in(std::string_view text, const std::string& path,
                                              const CallersValue& callers_value) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF", kBlanks = " \t\v\f\r";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<std::string> variables;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty() || line.front() == '#') continue;
    if (line.find('\0') != std::string_view::npos) return wrong_line(path, number, "there is a NUL byte");
    const std::size_t equals = line.find('=');
    const std::string name(line.substr(0, equals));
    if (name.empty()) return wrong_line(path, number, "there is no name before the \"=\"");
    if (name.find_first_of(kBlanks) != std::string::npos) {
      // All of it may be a secret that was broken into lines, "=" or not.
      if (equals == std::string_view::npos) return wrong_line(path, number, "there is no \"=\"");
      return wrong_line(path, number,
                        name.starts_with("export ") ? "\"export\" is a shell's word and no part of a variable"
                                                    : "what stands before the \"=\" has a blank in it");
    }
    if (equals != std::string_view::npos) {
      variables.emplace_back(line);
    } else if (const auto value = callers_value(name)) {
      variables.push_back(name + "=" + *value);
    }
  }
  return variables;
}

Result<FileVariables> read_files_of(const std::string& child_steps, const Interruption& interruption) {
  auto steps = plan::child_steps_from(child_steps);
  if (!steps) return tl::unexpected(steps.error());
  FileVariables all;
  for (const plan::NumberedStep& step : *steps) {
    const auto* environment = std::get_if<steps::Environment>(&step.step);
    if (environment == nullptr) continue;
    for (const std::string& path : environment->files) {
      if (all.contains(path)) continue;  // a pipe can be read only once
      auto text = text_of(path, interruption);
      if (!text) return tl::unexpected(text.error());
      auto variables = variables_in(*text, path, callers_value);
      if (!variables) return tl::unexpected(variables.error());
      all.emplace(path, std::move(*variables));
    }
  }
  return all;
}

Result<std::string> with_files(const std::string& child_steps, const FileVariables& variables) {
  auto steps = plan::child_steps_from(child_steps);
  if (!steps) return tl::unexpected(steps.error());
  for (plan::NumberedStep& step : *steps) {
    if (auto* environment = std::get_if<steps::Environment>(&step.step)) {
      for (const std::string& path : environment->files) {
        const auto found = variables.find(path);
        if (found == variables.end()) continue;
        environment->base.insert(environment->base.end(), found->second.begin(), found->second.end());
      }
      environment->files.clear();
    }
  }
  return plan::child_steps_bytes(*steps);
}

}  // namespace slipway::run
