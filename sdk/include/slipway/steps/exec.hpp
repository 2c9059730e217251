#ifndef SLIPWAY_STEPS_EXEC_HPP
#define SLIPWAY_STEPS_EXEC_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Whether the container's first process is the program itself, or slipway's own init with the program as its child.
enum class Init : std::uint8_t { none, slipway };

/// Becomes the program; execve(2). A name without a slash is looked for in the environment's PATH. A failure ends
/// the run with 127 (no such file) or 126 (there but cannot run).
struct Exec {
  std::vector<std::string> args{};
  Init init = Init::none;
};

template <>
struct Words<Init> {
  static constexpr std::array<std::string_view, 2> words{"none", "slipway"};
};

template <>
struct Shape<Exec> {
  static constexpr std::string_view type = "exec";
  static constexpr std::string_view meaning = "becomes the program";
  static constexpr std::array phases{Phase::exec};
  static constexpr std::tuple fields{
      required("args", &Exec::args, "the program and its arguments; at least one"),
      optional("init", &Exec::init, "none (default) or slipway: a first process that reaps, and passes signals on"),
  };
};

}  // namespace slipway::steps

#endif
