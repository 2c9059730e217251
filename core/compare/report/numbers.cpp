#include "core/compare/report/numbers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "core/compare/words.hpp"

namespace slipway::compare {
namespace {

constexpr const char* kNothing = "-";

/// With that many digits that count, and no exponent for what people read as a number.
std::string digits(double number, int significant) {
  std::array<char, 64> text{};
  const int magnitude =
      number == 0 || !std::isfinite(number) ? 0 : static_cast<int>(std::floor(std::log10(std::fabs(number))));
  const bool is_plain = magnitude >= -9 && magnitude <= 15;
  const int decimals = number == 0 ? 0 : std::max(0, significant - 1 - magnitude);
  const int length = is_plain ? std::snprintf(text.data(), text.size(), "%.*f", decimals, number)
                              : std::snprintf(text.data(), text.size(), "%.*g", significant, number);
  return {text.data(), std::min(static_cast<std::size_t>(length), text.size() - 1)};
}

std::string scaled_bytes(double bytes, int significant) {
  constexpr std::array<const char*, 6> kWords = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t word = 0;
  while (std::fabs(bytes) >= 1024 && word + 1 < kWords.size()) {
    bytes /= 1024;
    ++word;
  }
  return digits(bytes, word == 0 ? 1 : significant) + " " + kWords.at(word);
}

std::string with_unit(double figure, Unit unit, int significant) {
  if (std::isnan(figure)) return kNothing;
  switch (unit) {
    case Unit::milliseconds:
      return digits(figure, significant) + " ms";
    case Unit::bytes:
      return scaled_bytes(figure, significant);
    case Unit::count:
    case Unit::none:
      return digits(figure, std::floor(figure) == figure ? 1 : significant);
  }
  return kNothing;
}

}  // namespace

namespace {

/// "-15.5 to -10.3 %": the unit is told once where both have the same.
std::string span_of(const std::string& low, const std::string& high) {
  const std::size_t unit = low.find(' ');
  const bool is_same = unit != std::string::npos && high.find(' ') != std::string::npos &&
                       low.substr(unit) == high.substr(high.find(' '));
  return (is_same ? low.substr(0, unit) : low) + " to " + high;
}

}  // namespace

std::string in_words(double figure, Unit unit) { return with_unit(figure, unit, 4); }

std::string span_in_words(double low, double high, Unit unit) {
  return span_of(in_words(low, unit), in_words(high, unit));
}

std::string difference_in_words(double difference, Unit unit) {
  return (difference > 0 ? "+" : "") + with_unit(difference, unit, 3);
}

std::string difference_in_words(const std::optional<Interval>& interval, Unit unit) {
  if (!interval) return kNothing;
  return span_of(difference_in_words(interval->low, unit), difference_in_words(interval->high, unit));
}

std::string ratio_in_words(double ratio) {
  if (std::isnan(ratio)) return kNothing;
  if (ratio >= 2) return digits(ratio, 3) + " times";
  const double percent = (ratio - 1) * 100;
  // Of a percentage, a hundredth of a percent is more than any experiment tells.
  std::array<char, 32> text{};
  const int length =
      std::snprintf(text.data(), text.size(), std::fabs(percent) < 9.995 ? "%+.2f %%" : "%+.1f %%", percent);
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string ratio_in_words(const std::optional<Interval>& interval) {
  if (!interval) return kNothing;
  return span_of(ratio_in_words(interval->low), ratio_in_words(interval->high));
}

std::string part_in_words(double part) {
  if (std::isnan(part)) return kNothing;
  if (std::isinf(part)) return "not known";
  return digits(part * 100, 3) + " %";
}

std::string p_in_words(double p) {
  if (std::isnan(p)) return kNothing;
  if (p < 0.0001) return "< 0.0001";
  std::array<char, 32> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.4f", p);
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string verdict_in_words(Verdict verdict, double same_within, Unit unit) {
  const bool is_time = unit == Unit::milliseconds;
  if (verdict == Verdict::faster && !is_time) return "less";
  if (verdict == Verdict::slower && !is_time) return "more";
  return verdict_words(verdict, same_within);
}

}  // namespace slipway::compare
