#include "core/compare/report/html/plot.hpp"

#include <array>
#include <cstdio>

#include "core/compare/report/html/text.hpp"

namespace slipway::compare::html {
namespace {

std::string number(double value, const char* after = "") {
  std::array<char, 32> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.2f%s", value, after);
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string percent(double value) { return number(value, "%"); }

std::string grid(const Axis& axis, int height) {
  std::string lines;
  for (const Tick& tick : axis.ticks())
    lines += line(tick.value == 0 && !axis.is_logarithmic() ? "zero" : "grid", axis.at(tick.value), axis.at(tick.value),
                  0, height);
  return lines;
}

std::string labels(const Axis& axis, const std::string& unit) {
  std::string words;
  for (const Tick& tick : axis.ticks())
    words += element("text", {{"x", percent(axis.at(tick.value))}, {"y", "14"}, {"text-anchor", "middle"}},
                     escaped(tick.label));
  if (unit.empty() && !axis.is_logarithmic()) return words;
  const std::string form = unit + (axis.is_logarithmic() ? (unit.empty() ? "logarithmic" : ", logarithmic") : "");
  return words + element("text", {{"x", "100%"}, {"y", "30"}, {"text-anchor", "end"}}, escaped(form));
}

std::string row_of(const std::string& label, const std::string& drawing) {
  return element("div", {{"class", "row"}}, element("div", {{"class", "label"}}, label) + drawing) + "\n";
}

}  // namespace

std::string line(std::string_view kind, double x1, double x2, double y1, double y2) {
  return element(
      "line",
      {{"class", std::string(kind)}, {"x1", percent(x1)}, {"x2", percent(x2)}, {"y1", number(y1)}, {"y2", number(y2)}},
      "");
}

std::string box(std::string_view kind, double x1, double x2, double y, double height) {
  return element("rect",
                 {{"class", std::string(kind)},
                  {"x", percent(x1)},
                  {"width", percent(std::max(0.0, x2 - x1))},
                  {"y", number(y)},
                  {"height", number(height)}},
                 "");
}

std::string dot(std::string_view kind, double x, double y, double radius) {
  return element("circle", {{"class", std::string(kind)}, {"cx", percent(x)}, {"cy", number(y)}, {"r", number(radius)}},
                 "");
}

std::string drawn(const Plot& plot, const Axis& axis) {
  std::string rows;
  for (const PlotRow& row : plot.rows) {
    const Attributes attributes = {{"role", "img"}, {"aria-label", row.words}, {"height", std::to_string(plot.height)}};
    rows += row_of(row.label, element("svg", attributes, grid(axis, plot.height) + row.drawing));
  }
  const Attributes hidden = {{"class", "axis"}, {"aria-hidden", "true"}, {"height", "36"}};
  rows += row_of("", element("svg", hidden, labels(axis, plot.unit)));
  return element("figure", element("figcaption", plot.caption) + "\n" + rows) + "\n";
}

}  // namespace slipway::compare::html
