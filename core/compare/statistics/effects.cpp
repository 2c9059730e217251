#include "core/compare/statistics/effects.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/compare/statistics/quantiles.hpp"

namespace slipway::compare {
namespace {

using Levels = std::vector<std::size_t>;
/// Variants by their levels; of two with the same levels (the baseline and its control) the first.
using ByLevels = std::map<Levels, std::size_t>;

/// A variant's figures are added or subtracted.
struct Part {
  std::size_t variant = 0;
  double sign = 1;
};

ByLevels taking_part(const Factorial& factorial) {
  ByLevels variants;
  for (std::size_t variant = 0; variant < factorial.levels.size(); ++variant) {
    const std::vector<double>& figures = factorial.figures[variant];
    const bool ran = std::any_of(figures.begin(), figures.end(), [](double x) { return std::isfinite(x); });
    const bool varied = factorial.levels[variant].size() == factorial.reference.size() && !factorial.reference.empty();
    if (ran && varied) variants.emplace(factorial.levels[variant], variant);
  }
  return variants;
}

/// The variants that differ from this one by having some of the terms' factors at the baseline's level, each such
/// factor turning the sign. Empty where one of them is not there.
std::vector<Part> corners(const ByLevels& variants, const Levels& at, const std::vector<Term>& terms,
                          std::span<const std::size_t> reference) {
  std::vector<Part> parts;
  for (unsigned turned = 0; turned < (1U << terms.size()); ++turned) {
    Levels levels = at;
    double sign = 1;
    for (std::size_t term = 0; term < terms.size(); ++term) {
      if ((turned >> term & 1U) == 0) continue;
      levels[terms[term].factor] = reference[terms[term].factor];
      sign = -sign;
    }
    const auto found = variants.find(levels);
    if (found == variants.end()) return {};
    parts.push_back({.variant = found->second, .sign = sign});
  }
  return parts;
}

std::vector<std::vector<Part>> matched(const ByLevels& variants, const std::vector<Term>& terms,
                                       std::span<const std::size_t> reference) {
  std::vector<std::vector<Part>> all;
  for (const auto& [levels, variant] : variants) {
    const bool has_all = std::all_of(
        terms.begin(), terms.end(), [&levels = levels](const Term& term) { return levels[term.factor] == term.level; });
    if (!has_all) continue;
    std::vector<Part> parts = corners(variants, levels, terms, reference);
    if (!parts.empty()) all.push_back(std::move(parts));
  }
  return all;
}

double in_block(const Factorial& factorial, const std::vector<std::vector<Part>>& combinations, std::size_t block) {
  double sum = 0;
  for (const std::vector<Part>& parts : combinations) {
    for (const Part& part : parts) {
      const std::vector<double>& figures = factorial.figures[part.variant];
      sum += part.sign * (block < figures.size() ? figures[block] : NAN);
    }
  }
  return sum / static_cast<double>(combinations.size());
}

std::optional<Effect> effect(const Factorial& factorial, const ByLevels& variants, std::vector<Term> terms,
                             double confidence) {
  const auto combinations = matched(variants, terms, factorial.reference);
  if (combinations.empty()) return std::nullopt;
  std::size_t blocks = 0;
  for (const std::vector<double>& figures : factorial.figures) blocks = std::max(blocks, figures.size());
  std::vector<double> all;
  all.reserve(blocks);
  for (std::size_t block = 0; block < blocks; ++block) all.push_back(in_block(factorial, combinations, block));
  Effect found{.terms = std::move(terms), .combinations = combinations.size(), .by_block = finite_only(all)};
  found.left_out = blocks - found.by_block.size();
  found.median = median(found.by_block);
  found.interval = median_interval(found.by_block, confidence);
  return found;
}

/// Every level of every factor but the baseline's.
std::vector<Term> terms_of(const ByLevels& variants, std::span<const std::size_t> reference) {
  std::vector<Term> terms;
  for (std::size_t factor = 0; factor < reference.size(); ++factor) {
    std::set<std::size_t> levels;
    for (const auto& [at, variant] : variants) levels.insert(at[factor]);
    levels.erase(reference[factor]);
    for (const std::size_t level : levels) terms.push_back({.factor = factor, .level = level});
  }
  return terms;
}

}  // namespace

std::vector<Effect> effects_of(const Factorial& factorial, double confidence) {
  const ByLevels variants = taking_part(factorial);
  const std::vector<Term> terms = terms_of(variants, factorial.reference);
  std::vector<Effect> found;
  const auto add = [&](std::vector<Term> of) {
    if (auto one = effect(factorial, variants, std::move(of), confidence)) found.push_back(std::move(*one));
  };
  for (const Term& term : terms) add({term});
  for (std::size_t first = 0; first < terms.size(); ++first) {
    for (std::size_t second = first + 1; second < terms.size(); ++second) {
      if (terms[first].factor != terms[second].factor) add({terms[first], terms[second]});
    }
  }
  return found;
}

}  // namespace slipway::compare
