#include "core/compare/outcome/merge.hpp"

#include <algorithm>
#include <set>

#include "core/compare/outcome/outcome_json.hpp"

namespace slipway::compare {
namespace {

constexpr std::string_view kDoing = "merge results";

bool is_same(const Factor& a, const Factor& b) { return a.name == b.name && a.levels == b.levels; }

bool is_same(const Question& a, const Question& b) {
  return a.measures == b.measures && a.level == b.level && a.confidence == b.confidence &&
         a.same_within == b.same_within && a.power == b.power;
}

/// In what a variant is another one; empty where it is the same.
std::string difference(const RunVariant& a, const RunVariant& b) {
  if (a.variant.name != b.variant.name) return "is \"" + printable(b.variant.name, 80) + "\" in the other";
  if (a.variant.levels != b.variant.levels) return "has other levels";
  if (a.command != b.command) return "has another command";
  if (a.pipeline != b.pipeline) return "has another pipeline";
  if (a.digests != b.digests) return "has other digests: the image or a plugin is another one";
  return {};
}

/// In what two are different experiments; empty where they are one.
std::string difference(const Outcome& a, const Outcome& b) {
  if (a.slipway != b.slipway)
    return "slipway " + printable(a.slipway, 32) + " and " + printable(b.slipway, 32) + " measured";
  if (a.seed != b.seed) return "the seed is " + std::to_string(a.seed) + " and " + std::to_string(b.seed);
  if (!std::equal(a.factors.begin(), a.factors.end(), b.factors.begin(), b.factors.end(),
                  [](const Factor& x, const Factor& y) { return is_same(x, y); }))
    return "the factors are not the same";
  if (a.variants.size() != b.variants.size())
    return "one has " + std::to_string(a.variants.size()) + " variants, the other " + std::to_string(b.variants.size());
  for (std::size_t i = 0; i < a.variants.size(); ++i) {
    const std::string what = difference(a.variants[i], b.variants[i]);
    if (!what.empty()) return "variant \"" + printable(a.variants[i].variant.name, 80) + "\" " + what;
  }
  if (a.baseline != b.baseline || a.control != b.control) return "the baseline is not the same";
  if (!is_same(a.question, b.question)) return "the question is not the same";
  if (a.experiment != b.experiment) return "the experiment's text is not the same";
  return {};
}

std::set<std::size_t> blocks_of(const Outcome& outcome) {
  std::set<std::size_t> blocks;
  for (const Run& run : outcome.runs) blocks.insert(run.block);
  return blocks;
}

/// Whether the same block is in two of them.
bool blocks_collide(std::span<const NamedOutcome> parts) {
  std::set<std::size_t> seen;
  for (const NamedOutcome& part : parts) {
    for (const std::size_t block : blocks_of(part.outcome)) {
      if (!seen.insert(block).second) return true;
    }
  }
  return false;
}

/// Of no two clocks come the same figures to the last digit.
bool are_same_runs(const Outcome& a, const Outcome& b) {
  return !a.runs.empty() && a.runs.size() == b.runs.size() &&
         std::equal(a.runs.begin(), a.runs.end(), b.runs.begin(), [](const Run& x, const Run& y) {
           return x.block == y.block && x.variant == y.variant && x.at_s == y.at_s && x.figures == y.figures;
         });
}

Result<void> check(std::span<const NamedOutcome> parts) {
  if (parts.empty()) return failure(0, kDoing, "there are none", "name the results of the shards");
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string what = difference(parts[0].outcome, parts[i].outcome);
    if (what.empty()) continue;
    return failure(0, kDoing, parts[0].name + " and " + parts[i].name + " are of different experiments: " + what,
                   "merge the shards of one experiment; slipway compare diff holds two of them beside each other");
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (are_same_runs(parts[j].outcome, parts[i].outcome))
        return failure(0, kDoing, parts[j].name + " and " + parts[i].name + " hold the same runs", "name each once");
    }
  }
  return {};
}

Ended end_of_both(Ended a, Ended b) {
  for (const Ended one : {Ended::not_yet, Ended::interrupted}) {
    if (a == one || b == one) return one;
  }
  return a;
}

void add_notes(Outcome& whole, const Outcome& part) {
  for (const std::string& note : part.notes) {
    if (std::find(whole.notes.begin(), whole.notes.end(), note) == whole.notes.end()) whole.notes.push_back(note);
  }
  for (std::size_t i = 0; i < whole.variants.size(); ++i) {
    if (whole.variants[i].not_comparable.empty()) whole.variants[i].not_comparable = part.variants[i].not_comparable;
  }
}

}  // namespace

Result<Outcome> merge(std::span<const NamedOutcome> parts) {
  if (auto checked = check(parts); !checked) return tl::unexpected(checked.error());
  const bool in_turn = blocks_collide(parts);
  Outcome whole = parts[0].outcome;
  whole.runs.clear();
  whole.hosts.clear();
  for (std::size_t number = 0; number < parts.size(); ++number) {
    const Outcome& part = parts[number].outcome;
    for (Run run : part.runs) {
      run.host += whole.hosts.size();
      if (in_turn) run.block = run.block * parts.size() + number;
      whole.runs.push_back(std::move(run));
    }
    whole.hosts.insert(whole.hosts.end(), part.hosts.begin(), part.hosts.end());
    whole.begun = std::min(whole.begun, part.begun);
    whole.ended = end_of_both(whole.ended, part.ended);
    add_notes(whole, part);
  }
  return whole;
}

}  // namespace slipway::compare
