#include "core/check/trial.hpp"

#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "core/linux/network_interface.hpp"
#include "core/linux/program.hpp"
#include "sdk/host/stages.hpp"

namespace slipway::check {

using nlohmann::json;

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string tar_member(const std::string& name, char type, const std::string& content, const std::string& mode,
                       const std::string& link) {
  constexpr std::size_t kBlock = 512;
  std::string header(kBlock, '\0');
  const auto put = [&header](std::size_t at, const std::string& text) { header.replace(at, text.size(), text); };
  std::array<char, 12> size{};
  (void)std::snprintf(size.data(), size.size(), "%011zo", content.size());
  put(0, name);
  put(100, "000" + mode);
  put(108, "0000000");
  put(116, "0000000");
  put(124, size.data());
  put(136, "00000000000");
  put(148, "        ");
  header[156] = type;
  put(157, link);
  put(257, std::string("ustar\0"
                       "00",
                       8));
  unsigned sum = 0;
  for (const char byte : header) sum += static_cast<unsigned char>(byte);
  std::array<char, 8> checked{};
  (void)std::snprintf(checked.data(), checked.size(), "%06o", sum);
  put(148, std::string(checked.data(), 7));
  return header + content + std::string((kBlock - content.size() % kBlock) % kBlock, '\0');
}

Ended slipway(const Words& words) {
  const auto program = linux::in_prefix("bin/slipway");
  if (!program) return {-1, "", sentence(program.error())};
  Words all{*program};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> given;
  given.reserve(all.size() + 1);
  for (std::string& word : all) given.push_back(word.data());
  given.push_back(nullptr);
  constexpr mode_t kMode = 0600;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "output", O_WRONLY | O_CREAT | O_TRUNC, kMode);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "errors", O_WRONLY | O_CREAT | O_TRUNC, kMode);
  pid_t pid = 0;
  const int problem = ::posix_spawn(&pid, given[0], &actions, nullptr, given.data(), ::environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (problem != 0) return {-1, "", errno_words(problem)};
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_text("output"), read_text("errors")};
}

// What was orphaned is this process's to wait for.
bool all_ended(std::chrono::milliseconds patience) {
  const auto begin = std::chrono::steady_clock::now();
  while (true) {
    pid_t pid = 1;
    while (pid > 0) pid = ::waitpid(-1, nullptr, WNOHANG);
    if (pid < 0 && errno == ECHILD) return true;
    if (std::chrono::steady_clock::now() - begin >= patience) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

std::string make_runtime(std::string& why) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  constexpr mode_t kOwn = 0700;
  if (::geteuid() != 0) {
    const std::string path = std::filesystem::current_path() / "runtime";
    if (::mkdir(path.c_str(), kOwn) != 0) why = errno_words(errno);
    ::setenv("XDG_RUNTIME_DIR", path.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
    return path + "/slipway";
  }
  constexpr const char* kPath = "/run/slipway";
  const bool is_mounted = ::unshare(CLONE_NEWNS) == 0 &&
                          ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                          (::mkdir(kPath, kOwn) == 0 || errno == EEXIST) &&
                          ::mount("tmpfs", kPath, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0700") == 0;
  if (!is_mounted) why = "no mount namespace with a runtime directory of its own: " + errno_words(errno);
  return kPath;
}

void make_network(std::string& why) {
  if (::geteuid() != 0) return;
  if (::unshare(CLONE_NEWNET) != 0) {
    why = "no network namespace of its own: " + errno_words(errno);
  } else if (const auto up = linux::bring_interface_up("lo"); !up) {
    why = sentence(up.error());
  }
}

std::string hidden_by(const Subject& subject) {
  const auto own = linux::in_prefix("lib/slipway/plugins/" + subject.manifest.name + ".so");
  std::error_code none;
  if (!own || !std::filesystem::exists(*own, none) || std::filesystem::equivalent(*own, subject.path, none)) return {};
  return "slipway's own " + subject.manifest.name + " comes before it";
}

Words with_plugin(const Subject& subject, Words first, const std::string& options) {
  const std::string directory = subject.path.substr(0, subject.path.rfind('/'));
  const std::string& stage = subject.manifest.stage;
  json plugin = json::parse(options);
  plugin["use"] = subject.manifest.name;
  const host::Stage* const known = host::find_stage(stage);
  const bool is_list = known != nullptr && known->takes_list;
  const std::string value = is_list ? json::array({plugin}).dump() : plugin.dump();
  first.insert(first.end(), {"--store", "store", "--plugin-dir", directory, "--set", stage + "=" + value});
  return first;
}

std::string first_options(const Subject& subject, std::string& why) {
  const json required = subject.manifest.options->value("required", json::array());
  const std::vector<std::string>& given = subject.wishes.options;
  if (required.empty()) return "{}";
  if (!given.empty()) return given.front();
  why = "its option \"" + required.front().get<std::string>() + "\" has no default; --options gives one";
  return "{}";
}

}  // namespace slipway::check
