// slipway's own ending of a container, as opposed to the signals that it passes on: what it is due with, and how it
// goes: the stop signal, some time, SIGKILL.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "core/linux/process.hpp"
#include "core/plan/terms.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

class Ending {
 public:
  /// From now on due() tells whether the terminal or the parent has gone that the container is to end with. `parent` is
  /// the process that was this one's parent when it began, so that one that has died since then is noticed. Where there
  /// is no terminal, none can go. `signals` is for either().
  Result<void> watch(const plan::Terms& terms, pid_t parent, const linux::Fd& signals);

  /// Can be read when due() may have something to say; not open where nothing is watched.
  [[nodiscard]] const linux::Fd& descriptor() const { return events_; }
  /// The same, or when there is a signal.
  [[nodiscard]] const linux::Fd& either() const { return either_; }
  /// The signal that whoever has gone would have sent: HUP for the terminal, TERM for the parent; 0 while both are
  /// there.
  [[nodiscard]] int due() const;

  /// Asks a container to end, whose first process this is. Once is enough.
  void begin(const linux::Process& first);
  [[nodiscard]] bool has_begun() const { return deadline_ns_ != 0; }
  /// How long it has left, at most; -1: any time, or nothing is left to do but to wait.
  [[nodiscard]] int patience_ms() const;
  /// Kills it where its time is over.
  void go_on(const linux::Process& first);
  /// All of it, for who cannot do anything else meanwhile.
  void carry_out(const linux::Process& first);

 private:
  Result<void> watch_parent(pid_t parent);
  Result<void> add(const linux::Fd& to, const linux::Fd& watched, std::uint32_t events) const;

  std::uint32_t stop_signal_ = 15;
  std::uint32_t stop_timeout_s_ = 10;
  linux::Fd terminal_{}, parent_{}, events_{}, either_{};
  bool parent_has_gone_ = false;
  std::uint64_t deadline_ns_ = 0;  ///< 0: not begun
  bool has_killed_ = false;        ///< once is enough: it may take the kernel some time
};

}  // namespace slipway::run
