#ifndef SLIPWAY_STEPS_SCRATCH_HPP
#define SLIPWAY_STEPS_SCRATCH_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Makes a directory of this run's own in the store; it goes with the run. Its result ("as") is the directory,
/// with two empty ones inside, `upper` and `work`, as overlay wants them.
struct Scratch {
  std::string name{};
};

template <>
struct Shape<Scratch> {
  static constexpr std::string_view type = "scratch";
  static constexpr std::string_view meaning = "makes a directory of this run's own in the store";
  static constexpr std::array phases{Phase::prepare};
  static constexpr std::tuple fields{
      required("name", &Scratch::name, "what it is for, as shown to people: upper"),
  };
};

}  // namespace slipway::steps

#endif
