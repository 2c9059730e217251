#include "core/compare/stop_rule.hpp"

#include <cmath>

namespace slipway::compare {
namespace {

constexpr std::size_t kFewestForPrecision = 10;
constexpr std::string_view kDoing = "read when to stop";

bool positive(const std::optional<double>& number) { return !number || (std::isfinite(*number) && *number > 0); }

}  // namespace

Result<void> check_stop_rule(const StopRule& rule) {
  if (!rule.rounds && !rule.time_s && !rule.precision) {
    return failure(0, kDoing, {}, "name at least one of rounds, time and precision");
  }
  if (rule.rounds && *rule.rounds == 0) return failure(0, kDoing, "rounds", "at least one");
  if (!positive(rule.time_s)) return failure(0, kDoing, "time", "more than 0 seconds");
  if (!positive(rule.precision)) return failure(0, kDoing, "precision", "more than 0 %");
  if (rule.precision && !rule.rounds && !rule.time_s) {
    // Where the medians are near 0, or the machine is too noisy, no number of rounds is enough.
    return failure(0, kDoing, "precision", "it may never be reached; name rounds or time too");
  }
  return {};
}

Stop stop(const StopRule& rule, const Progress& progress) {
  if (rule.precision && progress.rounds >= kFewestForPrecision && progress.half_width <= *rule.precision) {
    return Stop::precision;
  }
  if (rule.rounds && progress.rounds >= *rule.rounds) return Stop::rounds;
  if (rule.time_s && progress.time_s + progress.longest_round_s > *rule.time_s) return Stop::time;
  return Stop::not_yet;
}

}  // namespace slipway::compare
