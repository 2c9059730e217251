#include "core/compare/report/numbers.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace slipway::compare;

TEST_CASE("figures are told with four digits and their unit") {
  struct Row {
    double figure;
    Unit unit;
    const char* told;
  };
  const auto row = GENERATE(
      Row{4.71234, Unit::milliseconds, "4.712 ms"}, Row{0.01234567, Unit::milliseconds, "0.01235 ms"},
      Row{12345.6, Unit::milliseconds, "12346 ms"}, Row{0, Unit::milliseconds, "0 ms"}, Row{512, Unit::bytes, "512 B"},
      Row{1'500'000, Unit::bytes, "1.431 MiB"}, Row{0, Unit::bytes, "0 B"}, Row{17, Unit::count, "17"},
      Row{1234567, Unit::count, "1234567"}, Row{17.5, Unit::count, "17.50"}, Row{0.25, Unit::none, "0.2500"},
      Row{1e300, Unit::none, "1e+300"}, Row{std::numeric_limits<double>::quiet_NaN(), Unit::bytes, "-"});
  CHECK(in_words(row.figure, row.unit) == row.told);
}

TEST_CASE("differences and ratios carry their sign") {
  CHECK(difference_in_words(0.3141, Unit::milliseconds) == "+0.314 ms");
  CHECK(difference_in_words(-2048, Unit::bytes) == "-2.00 KiB");
  CHECK(difference_in_words(Interval{.low = -1, .high = 2}, Unit::milliseconds) == "-1.00 to +2.00 ms");
  CHECK(difference_in_words(std::nullopt, Unit::milliseconds) == "-");
  CHECK(ratio_in_words(1.0321) == "+3.21 %");
  CHECK(ratio_in_words(0.5) == "-50.0 %");
  CHECK(ratio_in_words(3.14159) == "3.14 times");
  CHECK(ratio_in_words(Interval{.low = 0.9, .high = 2.5}) == "-10.0 % to 2.50 times");
  CHECK(span_in_words(1000, 2048, Unit::bytes) == "1000 B to 2.000 KiB");
  CHECK(part_in_words(std::numeric_limits<double>::infinity()) == "not known");
  CHECK(p_in_words(0.00001) == "< 0.0001");
  CHECK(p_in_words(0.03) == "0.0300");
}

TEST_CASE("only times are faster or slower") {
  CHECK(verdict_in_words(Verdict::faster, 0.01, Unit::milliseconds) == "faster");
  CHECK(verdict_in_words(Verdict::faster, 0.01, Unit::bytes) == "less");
  CHECK(verdict_in_words(Verdict::slower, 0.01, Unit::count) == "more");
  CHECK(verdict_in_words(Verdict::same, 0.01, Unit::bytes) == "same within 1 %");
  CHECK(verdict_in_words(Verdict::undecided, 0.01, Unit::bytes) == "undecided");
}
