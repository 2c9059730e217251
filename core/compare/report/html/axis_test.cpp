#include "core/compare/report/html/axis.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/compare/report/html/text.hpp"

using namespace slipway::compare;
using namespace slipway::compare::html;

TEST_CASE("an axis has a few round ticks within its ends, whatever the figures are") {
  struct Row {
    double least, most;
  };
  const auto row = GENERATE(Row{0, 1}, Row{4.1, 4.9}, Row{1e-9, 3e-9}, Row{0.001, 90}, Row{3, 3}, Row{0, 0},
                            Row{-7, 120}, Row{1, 1e15}, Row{1e9, 1e9 + 1}, Row{-5, -4});
  CAPTURE(row.least, row.most);
  for (const Axis& axis : {Axis::of_figures(row.least, row.most), Axis::around_0(row.least, row.most)}) {
    CHECK(axis.ticks().size() >= 1);
    CHECK(axis.ticks().size() <= 12);
    for (const Tick& tick : axis.ticks()) {
      CAPTURE(tick.label);
      CHECK(axis.at(tick.value) >= 4);
      CHECK(axis.at(tick.value) <= 96);
    }
    CHECK(std::isfinite(axis.at(row.least)));
    CHECK(axis.at(row.least) <= axis.at(row.most));
  }
}

TEST_CASE("figures that lie far apart are shown logarithmically, those that reach 0 never") {
  CHECK(Axis::of_figures(1, 30).is_logarithmic());
  CHECK(!Axis::of_figures(1, 3).is_logarithmic());
  CHECK(!Axis::of_figures(0, 30).is_logarithmic());
  CHECK(!Axis::around_0(1, 30).is_logarithmic());
}

TEST_CASE("text never becomes markup, and what cannot be seen is shown") {
  CHECK(escaped("<a href=\"x\">'&") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
  CHECK(escaped("a\x1b\xff\n") == "a\\x1b\\xff\\x0a");
  CHECK(escaped("\u202Eabc\u2066") == "\\u202eabc\\u2066");
  CHECK(escaped("naïve · 日本") == "naïve · 日本");
  CHECK(escaped_lines("a<\nb") == "a&lt;\nb\n");
  CHECK(element("p", {{"class", "\" onclick=\""}}, "x") == "<p class=\"&quot; onclick=&quot;\">x</p>");
}
