// From figures to places along a plot, in percent of its width: so that plots are as wide as the window, and their
// words as large as all others.
#pragma once

#include <string>
#include <vector>

#include "core/compare/outcome/measures.hpp"

namespace slipway::compare::html {

/// What figures are divided by for a plot, so that ticks are short: bytes as MiB.
struct Scale {
  double of_one = 1;
  std::string unit{};
};
Scale scale_of(double most, Unit unit);

struct Tick {
  double value = 0;
  std::string label{};
};

class Axis {
 public:
  /// Logarithmic where all is above 0 and the ends lie so far apart that most would crowd at one of them.
  static Axis of_figures(double least, double most);
  /// Linear, with these ends and 0 among them.
  static Axis around_0(double least, double most);

  [[nodiscard]] double at(double value) const;  ///< percent of the width
  [[nodiscard]] const std::vector<Tick>& ticks() const { return ticks_; }
  [[nodiscard]] bool is_logarithmic() const { return logarithmic_; }

 private:
  Axis(double least, double most, bool logarithmic);
  double least_, most_;
  bool logarithmic_;
  std::vector<Tick> ticks_{};
};

}  // namespace slipway::compare::html
