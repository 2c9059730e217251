// A function in a process of its own, with limits: what it says and prints comes back, and nothing else does.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/linux/process.hpp"

namespace slipway::check {

/// The descriptor that a function writes its answer to; the one by which the watch (watch.hpp) knows it.
inline constexpr int kAnswer = 900;

struct Ran {
  std::string answer{};  ///< what it wrote to kAnswer
  std::string output{};  ///< what was printed to standard output, and to standard error
  std::string errors{};
  std::string left{};  ///< processes that outlived it, "sleep (4711)"; they are killed
  linux::Ending ending{};
  bool has_timed_out = false;
};

/// Kills all that this process is the parent of, or becomes it (PR_SET_CHILD_SUBREAPER), but those in `spared`, and
/// waits for them: "sleep (4711)" for each that did not end by itself, within a second.
std::string end_children(const std::vector<pid_t>& spared = {});

/// In an empty directory, without input, with bounded memory, file sizes and processor time. What it leaves running is
/// killed, in whatever session or group that is. Fails where no process can be made.
Result<Ran> run_apart(const std::function<void()>& function, std::chrono::milliseconds limit);

/// From within: a line of the answer. Makes no system call but pwrite.
void answer(const std::string& line);

}  // namespace slipway::check
