#include "core/cli/compare_progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/linux/clock.hpp"

namespace slipway::cli {
namespace {

/// A terminal that is written to after each start of some milliseconds would have a processor of its own.
constexpr std::uint64_t kPause_ns = 200'000'000;

std::string time_in_words(double seconds) {
  constexpr int kMinute = 60;
  const auto whole = static_cast<long>(std::ceil(std::max(seconds, 0.0)));
  if (whole < kMinute) return std::to_string(whole) + " s";
  if (whole < kMinute * kMinute)
    return std::to_string(whole / kMinute) + " min " + std::to_string(whole % kMinute) + " s";
  return std::to_string(whole / kMinute / kMinute) + " h " + std::to_string(whole / kMinute % kMinute) + " min";
}

std::string line_of(const compare::Point& point) {
  constexpr std::size_t kLongestName = 40;
  if (!point.measures) {
    return "the same result? " + std::to_string(point.place + 1) + " of " + std::to_string(point.places) + ": " +
           printable(point.variant, kLongestName);
  }
  std::string line = "block " + std::to_string(point.block + 1);
  if (point.rounds) line += " of " + std::to_string(*point.rounds);
  if (point.left_s) line += ", about " + time_in_words(*point.left_s) + " left";
  return line;
}

void write_line(const std::string& text) {
  (void)std::fputs(text.c_str(), stderr);
  (void)std::fflush(stderr);
}

}  // namespace

CompareProgress::CompareProgress() {
  const char* const kind = std::getenv("TERM");
  is_shown_ = ::isatty(STDERR_FILENO) != 0 && kind != nullptr && std::string_view(kind) != "dumb";
}

void CompareProgress::tell(const compare::Point& point) {
  if (!is_shown_) return;
  const std::uint64_t now_ns = linux::monotonic_ns();
  if (is_there_ && now_ns - told_ns_ < kPause_ns) return;
  told_ns_ = now_ns;
  is_there_ = true;
  write_line("\r" + line_of(point) + "\x1b[K");
}

void CompareProgress::clear() {
  if (is_there_) write_line("\r\x1b[K");
  is_there_ = false;
}

}  // namespace slipway::cli
