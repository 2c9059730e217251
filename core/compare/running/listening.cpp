#include "core/compare/running/listening.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace slipway::compare {
namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr std::size_t kMostValues = 256;
constexpr std::uint64_t kPrime = 0x100000001b3U;

bool is_name_letter(char letter) {
  const bool is_small = letter >= 'a' && letter <= 'z';
  const bool is_large = letter >= 'A' && letter <= 'Z';
  const bool is_digit = letter >= '0' && letter <= '9';
  return is_small || is_large || is_digit || letter == '_' || letter == '-';
}

}  // namespace

void Listening::hear(std::string_view bytes, std::uint64_t now_ns) {
  if (bytes.empty()) return;
  if (!first_ns_) first_ns_ = now_ns;
  size_ += bytes.size();
  if (!wanted_.ready.empty() && !ready_ns_) look_for_ready(bytes, now_ns);
  if (wanted_.values) read_values(bytes);
  if (!wanted_.keep) return;
  for (const char byte : bytes) digest_ = (digest_ ^ static_cast<unsigned char>(byte)) * kPrime;
  kept_.append(bytes.substr(0, kMostKept - std::min(kept_.size(), kMostKept)));
}

void Listening::end() {
  if (wanted_.values) read_line();
}

void Listening::look_for_ready(std::string_view bytes, std::uint64_t now_ns) {
  tail_.append(bytes);
  if (tail_.find(wanted_.ready) != std::string::npos) {
    ready_ns_ = now_ns;
    tail_.clear();
  } else if (tail_.size() >= wanted_.ready.size()) {
    tail_.erase(0, tail_.size() - (wanted_.ready.size() - 1));
  }
}

void Listening::read_values(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    // What is longer is no such line, however it begins.
    line_.append(bytes.substr(0, end).substr(0, kLongestLine + 1 - std::min(line_.size(), kLongestLine + 1)));
    if (end == std::string_view::npos) return;
    read_line();
    bytes.remove_prefix(end + 1);
  }
}

void Listening::read_line() {
  const std::string line = std::exchange(line_, {});
  const std::size_t equals = line.find('=');
  if (line.size() > kLongestLine || equals == std::string::npos || equals == 0) return;
  const std::string name = line.substr(0, equals);
  if (!std::all_of(name.begin(), name.end(), is_name_letter)) return;
  double value = 0;
  const char* const end = line.data() + line.size();
  const auto [rest, problem] = std::from_chars(line.data() + equals + 1, end, value);
  const bool is_number = problem == std::errc{} && (rest == end || (*rest == '\r' && rest + 1 == end));
  if (!is_number || !std::isfinite(value)) return;
  if (values_.size() < kMostValues || values_.contains(name)) values_[name] = value;
}

}  // namespace slipway::compare
