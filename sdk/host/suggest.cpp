#include <algorithm>
#include <numeric>

#include "sdk/host/problem.hpp"

namespace slipway::host {
namespace {

constexpr std::size_t kLongestWord = 64;
constexpr std::size_t kMostListed = 40;

// Levenshtein's distance, one row of the table at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string suggest(std::string_view word, std::span<const std::string> candidates) {
  const std::string* best = nullptr;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (word.empty() || word.size() > kLongestWord || candidate.size() > kLongestWord) continue;
    const std::size_t found = distance(word, candidate);
    // Two words of two letters are always two changes apart; that is no likeness.
    if (found < best_distance && found < std::min(word.size(), candidate.size())) {
      best = &candidate;
      best_distance = found;
    }
  }
  if (best != nullptr) return "did you mean \"" + *best + "\"?";
  std::string known;
  for (std::size_t i = 0; i < candidates.size() && i < kMostListed; ++i) {
    known += (known.empty() ? "known: \"" : ", \"") + candidates[i] + "\"";
  }
  return known;
}

}  // namespace slipway::host
