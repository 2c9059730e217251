#include "core/compare/words.hpp"

#include <array>
#include <cstdio>

namespace slipway::compare {
namespace {

std::string_view reason_words(Reason reason) {
  switch (reason) {
    case Reason::none:
      return "";
    case Reason::few_blocks:
      return "too few blocks for an interval";
    case Reason::no_control:
      return "the control has too few runs, so the noise is not known";
    case Reason::within_noise:
      return "the difference is not larger than the noise";
    case Reason::noise_above_bound:
      return "the noise is larger than what is to count as the same";
    case Reason::interval_too_wide:
      return "a difference and none are both possible";
  }
  return "";
}

/// 0.01 as "1", 0.0025 as "0.25".
std::string percent(double part) {
  std::array<char, 32> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.3g", part * 100);
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

std::string verdict_words(Verdict verdict, double same_within) {
  switch (verdict) {
    case Verdict::faster:
      return "faster";
    case Verdict::slower:
      return "slower";
    case Verdict::same:
      return "same within " + percent(same_within) + " %";
    case Verdict::undecided:
      return "undecided";
  }
  return "";
}

std::string undecided_words(const Decision& decision) {
  if (decision.verdict != Verdict::undecided) return "";
  std::string words(reason_words(decision.reason));
  if (decision.reason == Reason::no_control) return words;
  if (!decision.more_blocks) return words + "; more blocks would hardly help";
  // An estimate: 1234 is told as 1300.
  std::size_t blocks = *decision.more_blocks;
  std::size_t unit = 1;
  while (blocks / unit >= 100) unit *= 10;
  blocks = (blocks + unit - 1) / unit * unit;
  return words + "; about " + std::to_string(blocks) + (blocks == 1 ? " more block" : " more blocks");
}

}  // namespace slipway::compare
