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

/// As high as the row is, which its label may make higher than the drawing.
std::string grid(const Axis& axis) {
  std::string lines;
  for (const Tick& tick : axis.ticks()) {
    const std::string at = percent(axis.at(tick.value));
    const char* const kind = tick.value == 0 && !axis.is_logarithmic() ? "zero" : "grid";
    lines += element("line", {{"class", kind}, {"x1", at}, {"x2", at}, {"y1", "0"}, {"y2", "100%"}}, "");
  }
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

std::string band(double x1, double x2) {
  return element("rect",
                 {{"class", "noise"}, {"x", percent(x1)}, {"width", percent(x2 - x1)}, {"y", "0"}, {"height", "100%"}},
                 "");
}

std::string dot(std::string_view kind, double x, double y, double radius) {
  return element("circle", {{"class", std::string(kind)}, {"cx", percent(x)}, {"cy", number(y)}, {"r", number(radius)}},
                 "");
}

std::string drawn(const Plot& plot, const Axis& axis) {
  std::string rows;
  for (const PlotRow& row : plot.rows) {
    const std::string high = std::to_string(plot.height);
    const Attributes attributes = {{"role", "img"}, {"aria-label", row.words}};
    // In the middle of the row: half of it down, and half of the drawing up again.
    const Attributes middle = {{"y", "50%"}, {"height", high}, {"class", "drawing"}};
    const std::string moved =
        element("g", {{"transform", "translate(0 -" + number(plot.height / 2.0) + ")"}}, row.drawing);
    const std::string drawing = element("svg", attributes, row.behind + grid(axis) + element("svg", middle, moved));
    rows += row_of(row.label, element("div", {{"class", "space high" + high}}, drawing));
  }
  const Attributes hidden = {{"class", "axis"}, {"aria-hidden", "true"}, {"height", "34"}};
  rows += row_of("", element("svg", hidden, labels(axis, plot.unit)));
  return element("figure", element("figcaption", plot.caption) + "\n" + rows) + "\n";
}

}  // namespace slipway::compare::html
