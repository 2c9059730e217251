#include "core/compare/design_check.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace slipway::compare {
namespace {

bool blank_or_control(unsigned char byte) { return byte <= ' ' || byte == 0x7f; }

bool has_blank(std::string_view word) { return std::any_of(word.begin(), word.end(), blank_or_control); }

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

bool positive_number(std::string_view word) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc{} && end == word.data() + word.size() && number > 0;
}

Result<void> check_level(const Factor& factor, const std::string& level) {
  const std::string subject = factor.name + "=" + printable(level);
  if (level.empty() || has_blank(level)) {
    return failure(0, "read a factor's levels", subject, "a level is one word without blanks");
  }
  static const std::vector<std::string> kTreatments = {"cold", "store-warm", "warm"};
  if (factor.name == kTreatment) {
    if (const auto known = position_of(level, kTreatments, "read a factor's levels", "treatment"); !known) {
      return tl::unexpected(known.error());
    }
  }
  if (factor.name == kParallel && !positive_number(level)) {
    return failure(0, "read a factor's levels", subject, "how many runs at once: a whole number from 1");
  }
  return {};
}

Result<void> check_factor(const Factor& factor) {
  if (factor.name.empty() || has_blank(factor.name) || factor.name.find('=') != std::string::npos) {
    return failure(0, "read a factor's name", printable(factor.name), "one word without blanks and without =");
  }
  if (factor.levels.empty()) return failure(0, "read a factor's levels", factor.name, "it needs at least one level");
  std::set<std::string> seen;
  for (const std::string& level : factor.levels) {
    if (auto checked = check_level(factor, level); !checked) return checked;
    if (!seen.insert(level).second) {
      return failure(0, "read a factor's levels", factor.name + "=" + level, "this level is there twice");
    }
  }
  return {};
}

Result<void> check_named(const Design& design) {
  std::set<std::string> seen;
  for (const std::string& name : design.named) {
    const bool readable = std::none_of(name.begin(), name.end(), [](unsigned char byte) { return byte < ' '; });
    // A factor's combination has "=" in its name, and nothing varied is called "pipeline"; see name_of.
    const bool ambiguous = name == "pipeline" || name.find('=') != std::string::npos;
    if (name.empty() || !readable || ambiguous) {
      return failure(0, "name a variant", printable(name), "a name of its own, without = and not \"pipeline\"");
    }
    if (!seen.insert(name).second) return failure(0, "name a variant", name, "this name is there twice");
  }
  if (design.baseline_named && !design.baseline.empty()) {
    return failure(0, "find the baseline", *design.baseline_named, "name a variant or levels of factors, not both");
  }
  return {};
}

Result<void> check_count(const Design& design) {
  std::size_t count = 1;
  for (const Factor& factor : design.factors) {
    if (count > kMostVariants) break;  // no product of two sizes within bounds overflows
    count *= std::min(factor.levels.size(), kMostVariants + 1);
  }
  if (count + design.named.size() <= kMostVariants) return {};
  return failure(0, "multiply the factors out", listed(names_of(design.factors)),
                 "more than " + std::to_string(kMostVariants) + " variants; vary less at a time");
}

}  // namespace

std::vector<std::string> names_of(const std::vector<Factor>& factors) {
  std::vector<std::string> names;
  names.reserve(factors.size());
  for (const Factor& factor : factors) names.push_back(factor.name);
  return names;
}

Result<std::size_t> position_of(const std::string& word, const std::vector<std::string>& known, std::string_view doing,
                                const std::string& what) {
  const auto found = std::find(known.begin(), known.end(), word);
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  const auto nearest = nearest_word(word, known);
  const std::string hint = nearest ? "did you mean " + *nearest + "?" : "there is: " + listed(known);
  return failure(0, std::string(doing) + ": unknown " + what, printable(word), known.empty() ? "there is none" : hint);
}

Result<void> check_design(const Design& design) {
  std::set<std::string> seen;
  for (const Factor& factor : design.factors) {
    if (auto checked = check_factor(factor); !checked) return checked;
    if (!seen.insert(factor.name).second) {
      return failure(0, "read the factors", factor.name, "this factor is there twice; list all levels at once");
    }
  }
  if (auto checked = check_named(design); !checked) return checked;
  return check_count(design);
}

}  // namespace slipway::compare
