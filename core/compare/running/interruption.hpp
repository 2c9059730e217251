// That somebody wants it to end: signals kept for reading while runs are made, so that none is lost.
#pragma once

#include <csignal>
#include <optional>

#include "core/linux/fd.hpp"

namespace slipway::compare {

/// Blocks INT, TERM and HUP and makes them readable; restores the mask when it goes.
class Interruption {
 public:
  static Result<Interruption> take();
  Interruption(Interruption&& other) noexcept;
  Interruption& operator=(Interruption&&) = delete;
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  ~Interruption();

  [[nodiscard]] const linux::Fd& descriptor() const { return descriptor_; }
  /// Takes what has come; the signal that came first from now on.
  std::optional<int> look();
  [[nodiscard]] std::optional<int> signal() const { return signal_; }
  /// How many have come: who presses Ctrl-C again does not want to wait.
  [[nodiscard]] std::size_t times() const { return times_; }

 private:
  Interruption() = default;
  linux::Fd descriptor_{};
  sigset_t before_{};
  bool holds_ = false;
  std::optional<int> signal_{};
  std::size_t times_ = 0;
};

}  // namespace slipway::compare
