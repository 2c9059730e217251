// Signals that reach slipway, kept for reading while a container is made and runs.
#pragma once

#include <csignal>
#include <cstdint>
#include <optional>

#include "core/linux/fd.hpp"

namespace slipway::run {

/// Blocks INT, TERM, HUP, QUIT, USR1, USR2, WINCH, CONT and TSTP and makes them readable; restores the mask when it
/// goes.
class Signals {
 public:
  static Result<Signals> take();
  Signals(Signals&& other) noexcept;
  Signals& operator=(Signals&&) = delete;
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  [[nodiscard]] const linux::Fd& descriptor() const { return descriptor_; }
  /// The next signal; nullopt when there is none.
  [[nodiscard]] std::optional<int> next() const;

 private:
  Signals() = default;
  linux::Fd descriptor_{};
  sigset_t before_{};
  bool holds_ = false;
};

/// Makes SIGCHLD readable as long as it lives, for who adopts children and so does not know them.
class ChildEnds {
 public:
  ChildEnds();
  ~ChildEnds();
  ChildEnds(const ChildEnds&) = delete;
  ChildEnds& operator=(const ChildEnds&) = delete;

  /// Not open where it could not be made.
  [[nodiscard]] const linux::Fd& descriptor() const { return descriptor_; }
  /// Forgets those that have come.
  void clear() const;

 private:
  linux::Fd descriptor_{};
  sigset_t before_{};
};

/// Whether a signal asks slipway to end, as opposed to telling the container something.
bool asks_to_end(int signal);

/// Does what SIGTSTP does to who has no handler for it: this process stops until SIGCONT. Returns at once where it is
/// ignored, or where nobody is there who could say SIGCONT (an orphaned process group; setpgid(2)).
void stop_here();

/// A person who presses Ctrl-C three times within two seconds means it: PID 1 of a pid namespace ignores what it has no
/// handler for.
class Impatience {
 public:
  /// True at the third INT or TERM within two seconds.
  bool counts(int signal, std::uint64_t now_ns);

 private:
  std::uint64_t last_ns_ = 0, before_ns_ = 0;
};

}  // namespace slipway::run
