#ifndef SLIPWAY_STEPS_ENVIRONMENT_HPP
#define SLIPWAY_STEPS_ENVIRONMENT_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

enum class EnvDefaults : std::uint8_t { standard, none };

/// Sets the program's environment. The program's whole environment; nothing is inherited from the host. base, the
/// variables in the files, and variables are taken one after the other: of several of one name the last counts, and a
/// name without "=" takes away what came before it. The standard defaults are PATH, HOME (from the image's passwd) and,
/// with a terminal, TERM, where none of them says anything of that name. The files are read at each start, so that what
/// is in them is in no plan: a line is NAME=VALUE, or NAME for the caller's value, or empty, or begins with #.
///
/// Phase: confine.
///
/// Errors:
/// - ENOENT: a file is not there; it is read before the container is made
/// - EACCES: the user who starts slipway may not read a file
/// - EISDIR: a file is a directory
/// - EFBIG: a file has more than 1 MiB
/// - no errno: a line of a file is none of those
///
/// See environ(7), execve(2).
struct Environment {
  /// Each NAME=VALUE, or NAME alone, which takes the variable away.
  std::vector<std::string> variables{};
  /// Whether PATH, HOME and TERM are there where nothing says otherwise. One of standard, none. Default: standard.
  EnvDefaults defaults = EnvDefaults::standard;
  /// What the files and the variables go over; written alike.
  std::vector<std::string> base{};
  /// Absolute paths of files of the host with variables, read at each start.
  std::vector<std::string> files{};
};

template <>
struct Words<EnvDefaults> {
  static constexpr std::array<std::string_view, 2> words{"standard", "none"};
};

template <>
struct Shape<Environment> {
  static constexpr std::string_view type = "environment";
  static constexpr std::string_view meaning = "sets the program's environment";
  static constexpr std::string_view details =
      "The program's whole environment; nothing is inherited from the host. base, the variables in the files, and "
      "variables are taken one after the other: of several of one name the last counts, and a name without \"=\" takes "
      "away what came before it. The standard defaults are PATH, HOME (from the image's passwd) and, with a terminal, "
      "TERM, where none of them says anything of that name. The files are read at each start, so that what is in them "
      "is in no plan: a line is NAME=VALUE, or NAME for the caller's value, or empty, or begins with #.";
  static constexpr std::array phases{Phase::confine};
  static constexpr std::tuple fields{
      optional("variables", &Environment::variables, "each NAME=VALUE, or NAME alone, which takes the variable away"),
      optional("defaults", &Environment::defaults,
               "whether PATH, HOME and TERM are there where nothing says otherwise"),
      optional("base", &Environment::base, "what the files and the variables go over; written alike"),
      optional("files", &Environment::files, "absolute paths of files of the host with variables, read at each start"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"ENOENT", "a file is not there; it is read before the container is made"},
      {"EACCES", "the user who starts slipway may not read a file"},
      {"EISDIR", "a file is a directory"},
      {"EFBIG", "a file has more than 1 MiB"},
      {"", "a line of a file is none of those"},
  });
  static constexpr auto sources = std::to_array<std::string_view>({"environ(7)", "execve(2)"});
};

}  // namespace slipway::steps

#endif
