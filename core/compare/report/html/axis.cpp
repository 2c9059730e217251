#include "core/compare/report/html/axis.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace slipway::compare::html {
namespace {

constexpr double kFarApart = 5;  // more than this between the ends is shown logarithmically
constexpr int kTicks = 5;
constexpr double kMargin = 4;  // percent left on either side, for labels of the ends

std::string label_of(double value) {
  std::array<char, 32> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.6g", std::fabs(value) < 1e-12 ? 0 : value);
  return {text.data(), static_cast<std::size_t>(length)};
}

/// 1, 2 or 5 times a power of ten, so that there are about kTicks of them.
double step_of(double width) {
  const double rough = width / kTicks;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double times : {1.0, 2.0, 5.0}) {
    if (rough <= times * power * 1.0001) return times * power;
  }
  return 10 * power;
}

std::vector<Tick> linear_ticks(double least, double most) {
  std::vector<Tick> ticks;
  const double step = step_of(most - least);
  const double first = std::ceil(least / step);
  for (int i = 0; i < 2 * kTicks; ++i) {
    const double value = (first + i) * step;
    if (value <= most * (1 + 1e-9)) ticks.push_back({value, label_of(value)});
  }
  return ticks;
}

std::vector<Tick> logarithmic_ticks(double least, double most) {
  const double decades = std::log10(most / least);
  std::vector<Tick> ticks;
  const int every = std::max(1, static_cast<int>(std::ceil(decades / kTicks)));
  const int last = static_cast<int>(std::floor(std::log10(most) + 1e-9));
  for (int power = static_cast<int>(std::floor(std::log10(least))); power <= last; power += every) {
    for (const double times : {1.0, 2.0, 5.0}) {
      const double value = times * std::pow(10, power);
      const bool is_wanted = times == 1 || decades < 2.2;
      if (is_wanted && value >= least * 0.9999 && value <= most * 1.0001) ticks.push_back({value, label_of(value)});
    }
  }
  return ticks;
}

}  // namespace

Scale scale_of(double most, Unit unit) {
  if (unit != Unit::bytes) return {.of_one = 1, .unit = std::string(to_word(unit))};
  constexpr std::array<const char*, 5> kWords = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  Scale scale{.of_one = 1, .unit = kWords[0]};
  for (std::size_t i = 1; i < kWords.size() && most / scale.of_one >= 1024; ++i)
    scale = {.of_one = scale.of_one * 1024, .unit = kWords.at(i)};
  return scale;
}

Axis::Axis(double least, double most, bool logarithmic) : least_(least), most_(most), logarithmic_(logarithmic) {
  ticks_ = logarithmic ? logarithmic_ticks(least, most) : linear_ticks(least, most);
}

Axis Axis::of_figures(double least, double most) {
  if (least > 0 && most / least > kFarApart) return {least, most, true};
  const double width = most - least;
  if (!(width > 0))
    return {least - std::max(1e-6, std::fabs(least) / 10), most + std::max(1e-6, std::fabs(most) / 10), false};
  return {least >= 0 ? std::max(0.0, least - width / 20) : least - width / 20, most + width / 20, false};
}

Axis Axis::around_0(double least, double most) {
  const double low = std::min(least, 0.0), high = std::max(most, 0.0);
  return high - low > 0 ? Axis{low, high, false} : Axis{-1, 1, false};
}

double Axis::at(double value) const {
  const double part =
      logarithmic_ ? std::log(value / least_) / std::log(most_ / least_) : (value - least_) / (most_ - least_);
  return kMargin + (100 - 2 * kMargin) * std::clamp(part, 0.0, 1.0);
}

}  // namespace slipway::compare::html
