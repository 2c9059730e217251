#ifndef SLIPWAY_STEPS_ENVIRONMENT_HPP
#define SLIPWAY_STEPS_ENVIRONMENT_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

enum class EnvDefaults : std::uint8_t { standard, none };

/// The program's whole environment; nothing is inherited from the host. Of several variables of one name the last
/// counts. The defaults are PATH, HOME (from the image's passwd) and, with a terminal, TERM, where not given.
struct Environment {
  std::vector<std::string> variables{};
  EnvDefaults defaults = EnvDefaults::standard;
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
      optional("variables", &Environment::variables, "each NAME=VALUE"),
      optional("defaults", &Environment::defaults, "standard (default) or none"),
  };
};

}  // namespace slipway::steps

#endif
