#ifndef SLIPWAY_STEPS_SCRATCH_HPP
#define SLIPWAY_STEPS_SCRATCH_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// What becomes of a directory of the run's own when its program has ended.
enum class Afterwards : std::uint8_t { removed, kept };

/// Makes a directory of this run's own in the store; it goes with the run. Its result ("as") is the directory,
/// empty.
struct Scratch {
  std::string name{};
  Afterwards afterwards = Afterwards::removed;
};

template <>
struct Words<Afterwards> {
  static constexpr std::array<std::string_view, 2> words{"removed", "kept"};
};

template <>
struct Shape<Scratch> {
  static constexpr std::string_view type = "scratch";
  static constexpr std::string_view meaning = "makes a directory of this run's own in the store";
  static constexpr std::array phases{Phase::prepare};
  static constexpr std::tuple fields{
      required("name", &Scratch::name, "what it is for, as shown to people: upper"),
      optional("afterwards", &Scratch::afterwards,
               "removed (default) or kept: moved to where no run and no cleaning removes it, and people are told"),
  };
};

}  // namespace slipway::steps

#endif
