// Enters a plugin's function so that a crash, a hang, an exit or an escaped exception ends the process with one line
// that names the plugin and the function. In-process plugins are trusted; this is for finding out whose fault it was.
#pragma once

#include <signal.h>
#include <time.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace slipway::host {

/// What is said of a library's constructors, and of the dynamic linker over a damaged file.
inline constexpr std::string_view kLoading = "the loading of its library";
/// How long a plugin may take for anything.
inline constexpr std::chrono::seconds kPatience{10};

/// How much later a plugin is killed that does not hear of its time being over.
inline constexpr std::chrono::seconds kGrace{2};

/// What stands before and behind the guard's lines from now on, in place of "slipway: error: " and the line's end. What
/// is longer than it keeps is not taken, nor is what is empty. The words in between have no quote and no control
/// character.
void frame_lines(std::string_view before, std::string_view behind);

/// Installs the handlers for as long as it lives; one at a time in a process. Its signals are SEGV, BUS, FPE, ILL, ABRT
/// and SYS, and SIGVTALRM for the timer, which nobody sends from outside.
class Guard {
 public:
  Guard();
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  Guard(Guard&&) = delete;
  Guard& operator=(Guard&&) = delete;

  /// Calls `function`, which returns the plugin's status. `what` is the plugin's function: plan, resolve. What ends the
  /// process ends it with `exit_status`. Only a plugin that hangs and holds back all signals is ended by SIGKILL,
  /// kGrace after the limit, without a word. Where no timer can be made the process ends before the function is
  /// entered.
  template <class Function>
  std::int32_t run(std::string_view plugin, std::string_view what, Function function,
                   std::chrono::milliseconds limit = kPatience, int exit_status = 125) {
    begin(plugin, what, limit, exit_status);
    std::int32_t status = 1;
    try {
      status = function();
    } catch (...) {
      // What was thrown belongs to the plugin's own C++ runtime; it can't be looked at, and nothing can go on safely.
      die_of_exception();
    }
    end();
    return status;
  }

 private:
  void begin(std::string_view plugin, std::string_view what, std::chrono::milliseconds limit, int exit_status);
  void end();
  [[noreturn]] static void die_of_exception();
  [[noreturn]] void die_without_timer() const;

  static constexpr std::array<int, 7> kSignals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGVTALRM};

  std::array<struct sigaction, kSignals.size()> before_{};
  stack_t stack_before_{};
  sigset_t mask_before_{};
  timer_t timer_{}, last_timer_{};
  bool has_timer_ = false, has_last_timer_ = false;
  int timer_problem_ = 0;  ///< errno of timer_create(2)
};

}  // namespace slipway::host
