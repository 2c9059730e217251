#include "core/compare/design.hpp"

#include <algorithm>

#include "core/compare/design_check.hpp"

namespace slipway::compare {
namespace {

/// A choice as positions.
struct At {
  std::size_t factor = 0;
  std::size_t level = 0;
};

Result<std::vector<At>> positions(const Design& design, const std::vector<Choice>& choices, std::string_view doing) {
  std::vector<At> found;
  for (const Choice& choice : choices) {
    const auto factor = position_of(choice.factor, names_of(design.factors), doing, "factor");
    if (!factor) return tl::unexpected(factor.error());
    const auto level = position_of(choice.level, design.factors[*factor].levels, doing, "level of " + choice.factor);
    if (!level) return tl::unexpected(level.error());
    found.push_back({.factor = *factor, .level = *level});
  }
  return found;
}

bool has_all(const std::vector<std::size_t>& levels, const std::vector<At>& choices) {
  return std::all_of(choices.begin(), choices.end(), [&](const At& at) { return levels[at.factor] == at.level; });
}

std::string name_of(const Design& design, const std::vector<std::size_t>& levels) {
  std::string name;
  for (std::size_t factor = 0; factor < levels.size(); ++factor) {
    if (!name.empty()) name += ' ';
    name += design.factors[factor].name + '=' + design.factors[factor].levels[levels[factor]];
  }
  return name.empty() ? "pipeline" : name;
}

/// Counts like an odometer whose last wheel turns fastest; false after the last combination.
bool next(const std::vector<Factor>& factors, std::vector<std::size_t>& levels) {
  for (std::size_t factor = factors.size(); factor-- > 0;) {
    if (++levels[factor] < factors[factor].levels.size()) return true;
    levels[factor] = 0;
  }
  return false;
}

Result<std::vector<Variant>> factorial(const Design& design) {
  std::vector<std::vector<At>> excluded;
  for (const std::vector<Choice>& combination : design.excluded) {
    auto choices = positions(design, combination, "exclude a combination");
    if (!choices) return tl::unexpected(choices.error());
    if (choices->empty()) return failure(0, "exclude a combination", {}, "name at least one factor and its level");
    excluded.push_back(std::move(*choices));
  }
  std::vector<Variant> all;
  std::vector<std::size_t> levels(design.factors.size());
  do {
    const bool left_out =
        std::any_of(excluded.begin(), excluded.end(), [&](const auto& choices) { return has_all(levels, choices); });
    if (!left_out) all.push_back({.name = name_of(design, levels), .levels = levels});
  } while (next(design.factors, levels));
  return all;
}

Result<std::size_t> find_baseline(const Design& design, const std::vector<Variant>& all) {
  constexpr std::string_view kDoing = "find the baseline";
  if (design.baseline_named) {
    const auto named = position_of(*design.baseline_named, design.named, kDoing, "named variant");
    if (!named) return tl::unexpected(named.error());
    return all.size() - design.named.size() + *named;
  }
  const auto choices = positions(design, design.baseline, kDoing);
  if (!choices) return tl::unexpected(choices.error());
  std::vector<std::size_t> levels(design.factors.size());
  for (const At& at : *choices) levels[at.factor] = at.level;
  const std::string name = name_of(design, levels);
  const auto found = std::find_if(all.begin(), all.end(), [&](const Variant& variant) { return variant.name == name; });
  if (found != all.end()) return static_cast<std::size_t>(found - all.begin());
  return failure(0, kDoing, name, "this combination is excluded; name another baseline");
}

}  // namespace

Result<Choice> read_choice(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) {
    return failure(0, "read a factor and its level", text, "write it as FACTOR=LEVEL: rootfs=fs-copy");
  }
  return Choice{.factor = std::string(text.substr(0, equals)), .level = std::string(text.substr(equals + 1))};
}

Result<Variants> variants_of(const Design& design) {
  if (auto checked = check_design(design); !checked) return tl::unexpected(checked.error());
  auto all = factorial(design);
  if (!all) return tl::unexpected(all.error());
  for (const std::string& name : design.named) all->push_back({.name = name, .levels = {}});
  const auto baseline = find_baseline(design, *all);
  if (!baseline) return tl::unexpected(baseline.error());
  Variant control = (*all)[*baseline];
  control.name += " (control)";
  all->push_back(std::move(control));
  const std::size_t last = all->size() - 1;
  return Variants{.all = std::move(*all), .baseline = *baseline, .control = last};
}

}  // namespace slipway::compare
