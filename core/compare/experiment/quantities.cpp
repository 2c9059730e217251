#include "core/compare/experiment/quantities.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>

namespace slipway::compare {
namespace {

struct Number {
  double value = 0;
  std::string_view unit{};  ///< what follows, without blanks in front of it
};

/// std::from_chars would need libm, for the rounding mode.
std::optional<Number> begin_of(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string digits(text.substr(0, end));
  if (digits.empty() || digits == "." || std::count(digits.begin(), digits.end(), '.') > 1) return std::nullopt;
  Number number{.value = std::strtod(digits.c_str(), nullptr), .unit = text.substr(end)};
  if (!std::isfinite(number.value)) return std::nullopt;
  while (number.unit.starts_with(' ')) number.unit.remove_prefix(1);
  return number;
}

struct Unit {
  std::string_view word;
  double seconds;
};
constexpr std::array kUnits = {Unit{"", 1}, Unit{"s", 1}, Unit{"ms", 0.001}, Unit{"m", 60}, Unit{"h", 3600}};

}  // namespace

Result<double> read_duration(std::string_view text, std::string_view what) {
  if (const auto number = begin_of(text); number && number->value > 0) {
    for (const Unit& unit : kUnits) {
      if (unit.word == number->unit) return number->value * unit.seconds;
    }
  }
  return failure(0, std::string(what) + " takes a time, not", printable(text, 64), "such as 90s, 2m or 1.5h");
}

Result<double> read_part(std::string_view text, std::string_view what) {
  if (const auto number = begin_of(text); number) {
    const double part = number->unit == "%" ? number->value / 100 : number->value;
    if ((number->unit == "%" || number->unit.empty()) && part > 0 && part < 1) return part;
  }
  return failure(0, std::string(what) + " takes a part, not", printable(text, 64), "such as 1% or 0.01");
}

Result<std::uint64_t> read_number(std::string_view text, std::string_view what, std::uint64_t least) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = problem == std::errc{} && end == text.data() + text.size();
  if (is_whole && number >= least) return number;
  return failure(0, std::string(what) + " takes a whole number, not", printable(text, 64),
                 least == 0 ? "" : std::to_string(least) + " or more");
}

}  // namespace slipway::compare
