// Plots: rows of a label and a drawing, with an axis below. Each drawing says in words what it shows.
#pragma once

#include <string>
#include <vector>

#include "core/compare/outcome/outcome.hpp"
#include "core/compare/report/findings.hpp"
#include "core/compare/report/html/axis.hpp"

namespace slipway::compare::html {

/// One row: `drawing` is SVG in which x is in percent and y from 0 to `height`.
struct PlotRow {
  std::string label{};  ///< HTML
  std::string words{};  ///< what is drawn, for readers without sight
  std::string drawing{};
  std::string behind{};  ///< as high as the row: a band
};
struct Plot {
  std::string caption{};  ///< HTML
  std::string unit{};     ///< beside the axis
  int height = 0;         ///< of a row
  std::vector<PlotRow> rows{};
};
std::string drawn(const Plot& plot, const Axis& axis);

std::string line(std::string_view kind, double x1, double x2, double y1, double y2);
std::string box(std::string_view kind, double x1, double x2, double y, double height);
std::string band(double x1, double x2);  ///< for `behind`
std::string dot(std::string_view kind, double x, double y, double radius);

/// Every figure as a dot, over the box of the quartiles and the median.
std::string distributions(const Outcome& outcome, const Findings& findings);
/// How far each variant is from the baseline, with its interval, before the noise as a band.
std::string against_baseline(const Outcome& outcome, const Findings& findings);
/// What each level changes by itself, and what two change together beyond that.
std::string effects(const Outcome& outcome, const Findings& findings);

/// The medians of a family ("span", "stage") stacked; empty where no run has any.
std::string parts(const Outcome& outcome, const std::string& family);

}  // namespace slipway::compare::html
