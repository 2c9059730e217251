#include "core/compare/running/same_result.hpp"

#include <string_view>

namespace slipway::compare {
namespace {

constexpr std::size_t kLongestQuote = 120;

std::string first_line(std::string_view text) { return printable(text.substr(0, text.find('\n')), 300); }

/// Takes a line away; nothing where there is none left.
std::optional<std::string_view> next_line(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string quoted(const std::optional<std::string_view>& line) {
  return line ? "\"" + printable(*line, kLongestQuote) + "\"" : "the end";
}

}  // namespace

std::string problem_of(const Sample& sample, int expected) {
  const std::string why = sample.errors.empty() ? "" : ": " + first_line(sample.errors);
  if (!sample.problem.empty()) return sample.problem + why;
  if (sample.status == expected) return {};
  return "it ends with " + std::to_string(sample.status) + " instead of " + std::to_string(expected) + why;
}

std::string difference_of(const Listening& baseline, const Listening& variant) {
  if (baseline.size() == variant.size() && baseline.digest() == variant.digest()) return {};
  std::string_view expected = baseline.kept();
  std::string_view found = variant.kept();
  for (std::size_t number = 1; !expected.empty() || !found.empty(); ++number) {
    const auto right = next_line(expected);
    const auto line = next_line(found);
    if (line != right) {
      return "its output differs in line " + std::to_string(number) + ": " + quoted(line) + " instead of " +
             quoted(right);
    }
  }
  return "its output differs behind its first " + std::to_string(baseline.kept().size()) +
         " bytes: " + std::to_string(variant.size()) + " bytes instead of " + std::to_string(baseline.size());
}

}  // namespace slipway::compare
