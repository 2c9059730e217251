#ifndef SLIPWAY_STEPS_EXEC_HPP
#define SLIPWAY_STEPS_EXEC_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Whether the container's first process is the program itself, or slipway's own init with the program as its child.
enum class Init : std::uint8_t { none, slipway };

/// What ends the container when it goes away: the terminal that slipway was started at, the process that started it.
enum class EndWith : std::uint8_t { terminal, parent };

/// Becomes the program; execve(2). A name without a slash is looked for in the environment's PATH. A failure ends
/// the run with 127 (no such file) or 126 (there but cannot run).
///
/// Where slipway itself ends a container it sends stop_signal, and SIGKILL after stop_timeout. Of the caller's
/// descriptors the program keeps 3 to 2 + preserve_fds, each of which must be open; LISTEN_PID is then set to its
/// process where its environment has LISTEN_FDS (sd_listen_fds(3)).
struct Exec {
  std::vector<std::string> args{};
  Init init = Init::none;
  std::int64_t stop_signal = 15;   ///< SIGTERM
  std::int64_t stop_timeout = 10;  ///< seconds
  std::vector<EndWith> end_with{};
  std::int64_t preserve_fds = 0;
};

template <>
struct Words<Init> {
  static constexpr std::array<std::string_view, 2> words{"none", "slipway"};
};

template <>
struct Words<EndWith> {
  static constexpr std::array<std::string_view, 2> words{"terminal", "parent"};
};

template <>
struct Shape<Exec> {
  static constexpr std::string_view type = "exec";
  static constexpr std::string_view meaning = "becomes the program";
  static constexpr std::array phases{Phase::exec};
  static constexpr std::tuple fields{
      required("args", &Exec::args, "the program and its arguments; at least one"),
      optional("init", &Exec::init, "none (default) or slipway: a first process that reaps, and passes signals on"),
      optional("stop_signal", &Exec::stop_signal, "the signal's number; 15 (TERM) by default"),
      optional("stop_timeout", &Exec::stop_timeout, "seconds from there to SIGKILL; 10 by default"),
      optional("end_with", &Exec::end_with, "terminal, parent: whose end is the container's, too"),
      optional("preserve_fds", &Exec::preserve_fds, "how many descriptors of the caller's, from 3 on, it keeps"),
  };
};

}  // namespace slipway::steps

#endif
