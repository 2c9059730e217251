#ifndef SLIPWAY_STEPS_EXEC_HPP
#define SLIPWAY_STEPS_EXEC_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Whether the container's first process is the program itself, or slipway's own init with the program as its child.
enum class Init : std::uint8_t { none, slipway };

/// What ends the container when it goes away: the terminal that slipway was started at, the process that started it.
enum class EndWith : std::uint8_t { terminal, parent };

/// Becomes the program. A name without a slash is looked for in the environment's PATH, in which an empty element means
/// nothing. The run ends with 127 where there is no such file, and with 126 where it is there but cannot run. Where
/// slipway itself ends a container it sends stop_signal, and SIGKILL after stop_timeout. Of the caller's descriptors
/// the program keeps 3 to 2 + preserve_fds; LISTEN_PID is then set to its process where its environment has LISTEN_FDS.
///
/// Phase: exec.
///
/// Errors:
/// - ENOENT: no such file, or the program that its #! line or its ELF header names is missing
/// - EACCES: it is a directory, its mode or the mount forbids it, or it lies below a directory that the program's user
///   may not enter
/// - ENOEXEC: it is neither an ELF program nor a script, or one of another architecture
/// - ENOTDIR: it lies below a file
/// - ELOOP: links lead in a circle, #! lines lead from one script to the next too often, or the path leads through a
///   link of /proc
/// - ELIBBAD: what it names as its dynamic linker is none
/// - E2BIG: arguments and environment are too large: 128 KiB each, all of them a quarter of the stack's limit
/// - ETXTBSY: a process has it open for writing
/// - EPERM: a security module or a system-call filter forbids it
/// - no errno: a descriptor that is to be kept was not open in slipway's caller
///
/// See execve(2), sd_listen_fds(3).
struct Exec {
  /// The program and its arguments; at least one. Required.
  std::vector<std::string> args{};
  /// slipway: a first process that reaps, and passes signals on; none: the program is the container's first process.
  /// One of none, slipway. Default: none.
  Init init = Init::none;
  /// The number of the signal that asks the program to end; 1 to 64, 15 is TERM. Default: 15.
  std::int64_t stop_signal = 15;
  /// From that signal to SIGKILL; 0 to 86400. In seconds. Default: 10.
  std::int64_t stop_timeout = 10;
  /// Whose end is the container's, too: the terminal that slipway was started at, the process that started it. Each one
  /// of terminal, parent.
  std::vector<EndWith> end_with{};
  /// How many of the caller's descriptors, from 3 on, it keeps; 0 to 1024. In descriptors. Default: 0.
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
  static constexpr std::string_view details =
      "A name without a slash is looked for in the environment's PATH, in which an empty element means nothing. The "
      "run ends with 127 where there is no such file, and with 126 where it is there but cannot run. Where slipway "
      "itself ends a container it sends stop_signal, and SIGKILL after stop_timeout. Of the caller's descriptors the "
      "program keeps 3 to 2 + preserve_fds; LISTEN_PID is then set to its process where its environment has "
      "LISTEN_FDS.";
  static constexpr std::array phases{Phase::exec};
  static constexpr std::tuple fields{
      required("args", &Exec::args, "the program and its arguments; at least one"),
      optional("init", &Exec::init,
               "slipway: a first process that reaps, and passes signals on; none: the program is the container's first "
               "process"),
      optional("stop_signal", &Exec::stop_signal,
               "the number of the signal that asks the program to end; 1 to 64, 15 is TERM"),
      optional("stop_timeout", &Exec::stop_timeout, "from that signal to SIGKILL; 0 to 86400", "seconds"),
      optional(
          "end_with", &Exec::end_with,
          "whose end is the container's, too: the terminal that slipway was started at, the process that started it"),
      optional("preserve_fds", &Exec::preserve_fds,
               "how many of the caller's descriptors, from 3 on, it keeps; 0 to 1024", "descriptors"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"ENOENT", "no such file, or the program that its #! line or its ELF header names is missing"},
      {"EACCES",
       "it is a directory, its mode or the mount forbids it, or it lies below a directory that the program's user may "
       "not enter"},
      {"ENOEXEC", "it is neither an ELF program nor a script, or one of another architecture"},
      {"ENOTDIR", "it lies below a file"},
      {"ELOOP",
       "links lead in a circle, #! lines lead from one script to the next too often, or the path leads through a link "
       "of /proc"},
      {"ELIBBAD", "what it names as its dynamic linker is none"},
      {"E2BIG", "arguments and environment are too large: 128 KiB each, all of them a quarter of the stack's limit"},
      {"ETXTBSY", "a process has it open for writing"},
      {"EPERM", "a security module or a system-call filter forbids it"},
      {"", "a descriptor that is to be kept was not open in slipway's caller"},
  });
  static constexpr auto sources = std::to_array<std::string_view>({"execve(2)", "sd_listen_fds(3)"});
};

}  // namespace slipway::steps

#endif
