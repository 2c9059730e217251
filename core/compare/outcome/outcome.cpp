#include "core/compare/outcome/outcome.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "core/compare/outcome/measures.hpp"

namespace slipway::compare {
namespace {

/// The runs of each block, by its number.
std::map<std::size_t, std::vector<const Run*>> by_block(const Outcome& outcome) {
  std::map<std::size_t, std::vector<const Run*>> blocks;
  for (const Run& run : outcome.runs) blocks[run.block].push_back(&run);
  return blocks;
}

/// A variant that may not be compared need not have run.
bool is_whole(const Outcome& outcome, const std::vector<const Run*>& runs) {
  std::vector<bool> ran(outcome.variants.size(), false);
  for (const Run* run : runs) ran.at(run->variant) = true;
  for (std::size_t variant = 0; variant < ran.size(); ++variant) {
    if (!ran[variant] && outcome.variants[variant].not_comparable.empty()) return false;
  }
  return true;
}

}  // namespace

Table figures_of(const Outcome& outcome, std::string_view measure) {
  Table table;
  table.of_variant.resize(outcome.variants.size());
  for (const auto& [block, runs] : by_block(outcome)) {
    if (!is_whole(outcome, runs)) continue;
    table.blocks.push_back(block);
    for (std::vector<double>& figures : table.of_variant) figures.push_back(std::numeric_limits<double>::quiet_NaN());
    for (const Run* run : runs) {
      const auto figure = run->figures.find(measure);
      if (run->failure.empty() && figure != run->figures.end()) table.of_variant[run->variant].back() = figure->second;
    }
  }
  return table;
}

std::vector<std::string> measures_of(const Outcome& outcome) {
  std::set<std::string_view> names;
  for (const Run& run : outcome.runs) {
    for (const auto& [name, figure] : run.figures) names.insert(name);
  }
  std::vector<std::string> measures(names.begin(), names.end());
  std::sort(measures.begin(), measures.end(), measure_before);
  return measures;
}

std::size_t whole_blocks(const Outcome& outcome) {
  const auto blocks = by_block(outcome);
  return static_cast<std::size_t>(
      std::count_if(blocks.begin(), blocks.end(), [&](const auto& block) { return is_whole(outcome, block.second); }));
}

}  // namespace slipway::compare
