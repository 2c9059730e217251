#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/doctor/look.hpp"
#include "core/doctor/probes.hpp"

namespace slipway::doctor {
namespace {

constexpr const char* kNoJournal = "no run can begin, because it could not note what has to be undone";

bool is_full(const std::string& path) {
  struct statvfs filesystem {};
  return ::statvfs(path.c_str(), &filesystem) == 0 &&
         (filesystem.f_bfree == 0 || (filesystem.f_files != 0 && filesystem.f_ffree == 0));
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

bool is_default(const Subject& subject, const std::string& plugin) {
  return std::find(subject.default_plugins.begin(), subject.default_plugins.end(), plugin) !=
         subject.default_plugins.end();
}

Check plugin_problem(const Subject& subject, const plugins::Listed& plugin) {
  const bool is_needed = is_default(subject, plugin.name);
  Error error = *plugin.problem;
  if (error.doing == "use plugin " + plugin.name) error.doing.clear();  // the line's name says it
  return {"plugin " + plugin.name, is_needed ? State::missing : State::degraded, sentence(error),
          is_needed ? "the default run, which uses it, fails" : "pipelines that name it fail",
          error.hint.empty() ? "install it again, or remove it" : error.hint};
}

Check check_directory(const plugins::Directory& directory, const std::vector<plugins::Listed>& all) {
  const linux::Fd opened(::open(directory.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened) {
    return {"plugins", directory.builtin ? State::missing : State::degraded, directory.path + ": " + errno_words(errno),
            directory.builtin ? "slipway's own plugins are not found" : "its plugins are not found",
            directory.builtin ? "install slipway again, program and plugins below one directory"
                              : "name a directory that is there and can be read"};
  }
  const auto count = std::count_if(all.begin(), all.end(), [&](const plugins::Listed& plugin) {
    return plugin.path.starts_with(directory.path + "/") && !plugin.problem;
  });
  return ok("plugins",
            directory.path + ": " + std::to_string(count) + (count == 1 ? " plugin" : " plugins") + " can be used");
}

}  // namespace

Check check_runtime_directory(const std::string& directory) {
  const std::string kName = "runtime-directory";
  if (const auto wrong = wrong_runtime_directory(directory)) {
    return {kName, State::missing, sentence(*wrong), kNoJournal, wrong->hint};
  }
  struct stat found {};
  const int missing = ::lstat(directory.c_str(), &found) == 0 ? 0 : errno;
  const std::string writes_in = missing == 0 ? directory : parent_of(directory);
  const bool may_write = ::access(writes_in.c_str(), missing == 0 ? R_OK | W_OK | X_OK : W_OK | X_OK) == 0;
  if (!may_write || (missing != 0 && missing != ENOENT)) {
    const int code = missing != 0 && missing != ENOENT ? missing : errno;
    const char* doing = missing == 0 ? "open the runtime directory" : "make the runtime directory";
    return not_ok(kName, State::missing, why_not_written(writes_in, code, kOtherRuntimeDirectory),
                  {code, doing, directory, kOtherRuntimeDirectory}, kNoJournal);
  }
  const std::string there = nearest_existing(directory);
  if (is_full(there)) {
    return not_ok(kName, State::missing, why_not_written(there, ENOSPC, kOtherRuntimeDirectory),
                  {ENOSPC, "write to", there, ""}, kNoJournal);
  }
  return ok(kName, directory + (there == directory ? "" : ", which the first run makes"));
}

Check check_worker(const Subject& subject) {
  constexpr const char* kWithout = "new images cannot be read and unpacked; those in the store still run";
  if (auto started = subject.start_worker(); !started) {
    return not_ok("worker", State::missing, std::nullopt, started.error(), kWithout);
  }
  return ok("worker", subject.worker + ", starts in its cage");
}

std::vector<Check> check_plugins(const Subject& subject) {
  plugins::Finder finder(subject.plugin_directories, subject.vocabulary);
  const std::vector<plugins::Listed> all = finder.list();
  std::vector<Check> checks;
  for (const plugins::Directory& directory : subject.plugin_directories)
    checks.push_back(check_directory(directory, all));
  for (const plugins::Listed& plugin : all) {
    if (!plugin.hidden && plugin.problem) checks.push_back(plugin_problem(subject, plugin));
  }
  for (const std::string& name : subject.default_plugins) {
    const bool is_there =
        std::any_of(all.begin(), all.end(), [&](const plugins::Listed& plugin) { return plugin.name == name; });
    if (is_there) continue;
    checks.push_back({"plugin " + name, State::missing, "no directory of plugins has " + name + ".so",
                      "the default run, which uses it, fails",
                      "install slipway completely, or name its directory with --plugin-dir"});
  }
  return checks;
}

}  // namespace slipway::doctor
