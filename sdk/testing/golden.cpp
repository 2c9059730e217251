// Golden files: what was expected, and in which lines it differs from what came.
#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "sdk/testing/held.hpp"

namespace slipway::testing {
namespace {

constexpr const char* kUpdate = "SLIPWAY_UPDATE_GOLDEN";
constexpr std::size_t kAround = 2;                            // lines shown before and after a difference
constexpr std::size_t kMostCompared = std::size_t{1} << 22U;  // a table's cells; longer texts are told as a whole

struct Line {
  char mark = ' ';  // ' ' in both, '-' expected and not there, '+' not expected
  std::string text{};
};

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// By the longest sequence of lines that both have.
std::vector<Line> compared(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> common;
  const bool small = (a.size() + 1) * width <= kMostCompared;
  if (small) {
    common.resize((a.size() + 1) * width);
    for (std::size_t i = a.size(); i-- > 0;) {
      for (std::size_t j = b.size(); j-- > 0;) {
        common[i * width + j] = a[i] == b[j] ? common[(i + 1) * width + j + 1] + 1
                                             : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
      }
    }
  }
  std::vector<Line> lines;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      lines.push_back({' ', a[i++]});
      ++j;
    } else if (i < a.size() && (j == b.size() || !small || common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      lines.push_back({'-', a[i++]});
    } else {
      lines.push_back({'+', b[j++]});
    }
  }
  return lines;
}

std::string shown(const std::vector<Line>& lines) {
  std::vector<bool> near(lines.size(), false);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].mark == ' ') continue;
    for (std::size_t j = i - std::min(i, kAround); j < std::min(lines.size(), i + kAround + 1); ++j) near[j] = true;
  }
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (near[i]) text += std::string(1, lines[i].mark) + lines[i].text + "\n";
    if (!near[i] && (i == 0 || near[i - 1])) text += "…\n";
  }
  return text;
}

bool updates() {
  const char* const value = std::getenv(kUpdate);  // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
  return value != nullptr && *value != '\0' && std::string_view(value) != "0";
}

}  // namespace

std::string difference(const std::string& golden, std::string_view text) {
  std::ifstream file(golden, std::ios::binary);
  const std::string take = std::string("to take it, run again with ") + kUpdate + "=1 in the environment\n";
  const std::string expected = file ? std::string(std::istreambuf_iterator<char>(file), {}) : std::string();
  if (file && expected == text) return {};
  if (updates()) {
    std::ofstream renewed(golden, std::ios::binary | std::ios::trunc);
    if (!(renewed << text << std::flush)) throw Error(golden + ": can't be written");
    return {};
  }
  if (!file) return golden + " is not there; " + take + std::string(text);
  const std::string lines = shown(compared(lines_of(expected), lines_of(text)));
  return golden + " (-) is not what came (+); " + take +
         (lines.find_first_of("-+") == std::string::npos ? "only the end of the last line differs\n" : lines);
}

}  // namespace slipway::testing
