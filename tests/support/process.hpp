// Runs programs for tests: what goes in, who runs it, where, for how long; what comes out.
// Knows nothing of slipway's own processes. What goes wrong in the running itself is thrown as std::runtime_error.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/linux/fd.hpp"

namespace slipway::tests {

/// A mount namespace of its own, a copy of the caller's with private propagation, that lives as long as this object.
/// What a program run in it mounts is seen by nobody else, so tests that count mounts can run side by side. Needs root.
class PrivateMounts {
 public:
  PrivateMounts();
  [[nodiscard]] int get() const { return fd_.get(); }
  /// The mount points of /proc/self/mountinfo in it, in the kernel's order.
  [[nodiscard]] std::vector<std::string> mount_points() const;

 private:
  linux::Fd fd_;
};

struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups{};  ///< supplementary ones
};

struct Command {
  std::vector<std::string> arguments{};  ///< the first is looked up in the caller's PATH
  std::optional<std::string> input{};    ///< over a pipe; /dev/null when there is none
  std::optional<std::map<std::string, std::string>>
      environment{};  ///< the whole of it; the caller's when there is none
  std::string directory{};
  std::optional<Identity> user{};
  const PrivateMounts* mounts = nullptr;  ///< to run in; borrowed until the program has been started
  int terminal =
      -1;  ///< a terminal's end for programs, which becomes its streams and controls it; no output comes then
  std::chrono::milliseconds limit = std::chrono::seconds(240);  ///< from the start; then it and its group are killed
};

struct Outcome {
  std::string output{};  ///< of standard output
  std::string errors{};  ///< of standard error
  int status = 0;        ///< given to exit, when `signal` is 0
  int signal = 0;
  bool timed_out = false;
  /// As a shell's `$?`.
  [[nodiscard]] int shell_status() const { return signal != 0 ? 128 + signal : status; }
};

/// A program that runs, in a process group of its own. Killed with its group when this goes before wait().
class Program {
 public:
  explicit Program(const Command& command);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  Program(Program&&) = delete;
  Program& operator=(Program&&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;
  /// Waits until standard output holds `text`; false when the program ended, or its time did, without that.
  bool wait_for_output(std::string_view text);
  /// Waits for the end. Output that a descendant left behind writes later is not waited for.
  Outcome wait();

 private:
  bool pump();  // moves what can be moved; false when the program has ended or was out of time
  void drain();
  void kill_group() const;

  pid_t pid_ = 0;
  linux::Fd pidfd_, input_, output_, errors_;
  std::string to_write_;
  std::size_t written_ = 0;
  std::chrono::steady_clock::time_point deadline_;
  Outcome outcome_{};
  bool waited_ = false;
};

inline Outcome run(const Command& command) { return Program(command).wait(); }

}  // namespace slipway::tests
