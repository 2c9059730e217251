// What tests of how slipway ends a container share: a program that notes its signals, and a parent that goes.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/run/harness.hpp"
#include "tests/support/process_state.hpp"

namespace slipway::tests {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;
using Clock = std::chrono::steady_clock;

inline constexpr const char* kHostsPids = R"(isolation.namespaces=["mount","ipc","uts","net","cgroup"])";

inline std::string image_with(const Runner& runner, const std::string& stop_signal) {
  ImageSpec image = box_image();
  image.stop_signal = stop_signal;
  return runner.put("stop.tar", docker_save({image}, Layout::docker25));
}

/// A directory of the caller's that the container has at /out, empty.
class Place {
 public:
  explicit Place(const Runner& runner) : path_(runner.own("out")) {
    (void)run(runner.plain({"sh", "-c", "rm -rf out; mkdir out; chmod 0777 out"}));
  }
  [[nodiscard]] Words bind() const { return {"--bind", path_ + ":/out"}; }
  /// The signals that the program was told of.
  [[nodiscard]] std::string got() const { return fs::exists(path_ + "/got") ? read_file(path_ + "/got") : ""; }
  [[nodiscard]] bool is_ready() const { return fs::exists(path_ + "/ready"); }

 private:
  std::string path_;
};

// Notes each signal, and ends at any but HUP, USR2 and CONT.
inline std::string noting_script() {
  std::string script;
  for (const char* name : {"HUP", "USR2"}) script += std::string("trap 'echo ") + name + " >> /out/got' " + name + "; ";
  for (const char* name : {"INT", "QUIT", "USR1", "TERM", "WINCH"})
    script += std::string("trap 'echo ") + name + " >> /out/got; exit 7' " + name + "; ";
  return script + "echo > /out/ready; while :; do sleep 1000 & wait $!; done";
}

inline Words run_words(const Place& place, const Words& options, const std::string& image, const std::string& script) {
  Words words = {"run"};
  for (const Words& more : {place.bind(), options, Words{image, "sh", "-c", script}})
    words.insert(words.end(), more.begin(), more.end());
  return words;
}

// A shell that starts slipway, and what it does then.
inline Command under_parent(const Runner& runner, const Words& words, const std::string& shell) {
  Command command = runner.command(words);
  const Words all = command.arguments;
  command.arguments = {"bash", "-c", shell, "bash"};
  command.arguments.insert(command.arguments.end(), all.begin(), all.end());
  return command;
}

// Waits for the signal that kills it.
inline constexpr const char* kStarts = "\"$@\" </dev/null >/dev/null 2>&1 & kill -STOP $$";

inline pid_t slipway_process() {
  for (const char* name : {"slipway)", "slipway-full)"}) {
    for (const pid_t pid : descendants_named(name)) return pid;
  }
  return 0;
}

}  // namespace slipway::tests
