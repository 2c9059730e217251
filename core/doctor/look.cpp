#include "core/doctor/look.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <charconv>
#include <cstdio>

#include "core/linux/fd.hpp"

namespace slipway::doctor {
namespace {

constexpr std::size_t kLargest = std::size_t{8} << 20U;  // mountinfo of a host with many containers

std::vector<std::string> lines_of(const std::string& path) {
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return {};
  return words_of(linux::read_all(file, kLargest).value_or(std::string()), '\n');
}

// Blank, tab, line end and backslash stand there as \040, \011, \012 and \134.
std::string unescaped(std::string_view text) {
  constexpr std::size_t kDigits = 3;
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int code = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '\\' && i + kDigits < text.size() &&
        std::from_chars(digits, digits + kDigits, code, 8).ptr == digits + kDigits) {
      plain += static_cast<char>(code);
      i += kDigits;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

}  // namespace

std::optional<std::string> text_of(const std::string& path) {
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return std::nullopt;
  auto text = linux::read_all(file, kLargest);
  if (!text) return std::nullopt;
  while (text->ends_with('\n') || text->ends_with('\0')) text->pop_back();
  return std::move(*text);
}

std::optional<std::int64_t> number_in(const std::string& path) {
  const auto text = text_of(path);
  std::int64_t number = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), number).ec != std::errc{})
    return std::nullopt;
  return number;
}

std::string own_status(std::string_view name) {
  for (const std::string& line : lines_of("/proc/self/status")) {
    const std::size_t colon = line.find(':');
    if (std::string_view(line).substr(0, colon) != name) continue;
    const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? std::string() : line.substr(begin);
  }
  return {};
}

bool has_capability(unsigned number) {
  const std::string digits = own_status("CapEff");
  std::uint64_t set = 0;
  constexpr int kHexadecimal = 16;
  std::from_chars(digits.data(), digits.data() + digits.size(), set, kHexadecimal);
  return ((set >> number) & 1U) != 0;
}

std::vector<std::string> words_of(std::string_view text, char separator) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::vector<MountLine> mounts() {
  constexpr std::size_t kRoot = 3, kPoint = 4, kOptions = 5;
  std::vector<MountLine> all;
  for (const std::string& line : lines_of("/proc/self/mountinfo")) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    const std::vector<std::string> before = words_of(std::string_view(line).substr(0, dash));
    const std::vector<std::string> after = words_of(std::string_view(line).substr(dash + 3));
    if (before.size() <= kOptions || after.size() < 2) continue;
    all.push_back({unescaped(before[kRoot]), unescaped(before[kPoint]), before[kOptions], after.front(), after.back()});
  }
  return all;
}

std::vector<std::string> mounts_below(const std::string& directory) {
  const std::string begin = directory == "/" ? directory : directory + "/";
  std::vector<std::string> points;
  for (MountLine& mount : mounts()) {
    if (mount.point.starts_with(begin)) points.push_back(std::move(mount.point));
  }
  return points;
}

std::string nearest_existing(const std::string& path) {
  std::string there = path;
  struct stat found {};
  while (!there.empty() && ::stat(there.c_str(), &found) != 0) {
    const std::size_t slash = there.find_last_of('/');
    there.resize(slash == std::string::npos ? 0 : slash);
  }
  if (!there.empty()) return there;
  return path.starts_with('/') ? "/" : ".";
}

std::string size_text(std::uint64_t bytes) {
  static constexpr std::array kUnits = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
  constexpr double kStep = 1024;
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= kStep && unit + 1 < kUnits.size(); ++unit) size /= kStep;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", size, kUnits.at(unit));
  return text.data();
}

}  // namespace slipway::doctor
