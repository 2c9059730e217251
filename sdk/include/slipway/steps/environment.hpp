#ifndef SLIPWAY_STEPS_ENVIRONMENT_HPP
#define SLIPWAY_STEPS_ENVIRONMENT_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

enum class EnvDefaults : std::uint8_t { standard, none };

/// The program's whole environment; nothing is inherited from the host. `base`, the variables in the files and
/// `variables` are taken one after the other: of several of one name the last counts, and a name without "=" takes away
/// what came before it. The defaults are PATH, HOME (from the image's passwd) and, with a terminal, TERM, where none of
/// them says anything of that name.
///
/// The files are read by slipway at each start, so that what is in them is in no plan: a line is NAME=VALUE, or NAME
/// for the caller's value, or empty, or begins with #.
struct Environment {
  std::vector<std::string> variables{};
  EnvDefaults defaults = EnvDefaults::standard;
  std::vector<std::string> base{};
  std::vector<std::string> files{};  ///< absolute paths
};

template <>
struct Words<EnvDefaults> {
  static constexpr std::array<std::string_view, 2> words{"standard", "none"};
};

template <>
struct Shape<Environment> {
  static constexpr std::string_view type = "environment";
  static constexpr std::string_view meaning = "sets the program's environment";
  static constexpr std::array phases{Phase::confine};
  static constexpr std::tuple fields{
      optional("variables", &Environment::variables, "each NAME=VALUE, or NAME alone, which takes the variable away"),
      optional("defaults", &Environment::defaults, "standard (default) or none"),
      optional("base", &Environment::base, "what the files and the variables go over; written alike"),
      optional("files", &Environment::files, "files of the host with variables, read at each start"),
  };
};

}  // namespace slipway::steps

#endif
