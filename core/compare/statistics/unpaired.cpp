#include "core/compare/statistics/unpaired.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "core/compare/statistics/distributions.hpp"
#include "core/compare/statistics/ranks.hpp"

namespace slipway::compare {
namespace {

std::vector<double> sorted(std::span<const double> figures) {
  std::vector<double> ascending(figures.begin(), figures.end());
  std::sort(ascending.begin(), ascending.end());
  return ascending;
}

/// Doubles as whole numbers in the same order, so that halving the distance between two ends after 64 steps.
std::int64_t to_order(double number) {
  const auto bits = std::bit_cast<std::int64_t>(number);
  return bits >= 0 ? bits : std::numeric_limits<std::int64_t>::min() - bits;
}
double from_order(std::int64_t order) {
  return std::bit_cast<double>(order >= 0 ? order : std::numeric_limits<std::int64_t>::min() - order);
}

/// All of one figure of each, combined; never written down, since there are as many as the product of the two.
/// `combine` rises with the second's figure and falls with the first's.
template <class Combine>
class Combined {
 public:
  Combined(std::span<const double> first, std::span<const double> second, Combine combine)
      : first_(sorted(first)), second_(sorted(second)), combine_(combine) {}

  [[nodiscard]] std::size_t size() const { return first_.size() * second_.size(); }

  /// The rank-th smallest, from 1.
  [[nodiscard]] double at(std::size_t rank) const {
    std::int64_t low = to_order(combine_(first_.back(), second_.front()));
    std::int64_t high = to_order(combine_(first_.front(), second_.back()));
    while (low < high) {
      const std::int64_t middle = std::midpoint(low, high);  // towards low
      if (at_most(from_order(middle)) >= rank) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return from_order(low);
  }

 private:
  /// How many are. With a larger figure of the first, as many or more of the second's are.
  [[nodiscard]] std::size_t at_most(double bound) const {
    std::size_t count = 0;
    std::size_t among = 0;
    for (const double figure : first_) {
      while (among < second_.size() && combine_(figure, second_[among]) <= bound) ++among;
      count += among;
    }
    return count;
  }

  std::vector<double> first_, second_;
  Combine combine_;
};

template <class Combine>
Shift shift_of(std::span<const double> first, std::span<const double> second, double confidence, Combine combine,
               double (*middle_of)(double, double)) {
  const Combined<Combine> all(first, second, combine);
  const auto n = static_cast<double>(first.size()), m = static_cast<double>(second.size());
  const double z = normal_quantile(0.5 + confidence / 2);
  const double rank = std::floor(n * m / 2 - z * std::sqrt(n * m * (n + m + 1) / 12));
  const std::size_t low = rank < 1 ? 1 : static_cast<std::size_t>(rank);
  const std::size_t count = all.size();
  return {.middle = middle_of(all.at((count + 1) / 2), all.at(count / 2 + 1)),
          .interval = {.low = all.at(low), .high = all.at(count + 1 - low), .coverage = confidence}};
}

}  // namespace

MannWhitney mann_whitney(std::span<const double> first, std::span<const double> second) {
  if (first.empty() || second.empty()) return {};
  std::vector<double> both(first.begin(), first.end());
  both.insert(both.end(), second.begin(), second.end());
  const std::vector<double> ranks = mean_ranks(both);
  double sum = 0;
  for (std::size_t i = first.size(); i < ranks.size(); ++i) sum += ranks[i];
  const auto n = static_cast<double>(first.size()), m = static_cast<double>(second.size()), all = n + m;
  MannWhitney found{.u = sum - m * (m + 1) / 2};
  double ties = 0;
  for (const std::size_t group : tied_groups(both)) {
    const auto size = static_cast<double>(group);
    ties += size * size * size - size;
  }
  const double variance = n * m / 12 * (all + 1 - ties / (all * (all - 1)));
  const double distance = std::max(0.0, std::fabs(found.u - n * m / 2) - 0.5);
  found.p = variance > 0 ? std::min(1.0, 2 * normal_below(-distance / std::sqrt(variance))) : 1;
  return found;
}

std::optional<Shift> ratio_between(std::span<const double> first, std::span<const double> second, double confidence) {
  const auto above_0 = [](double figure) { return figure > 0; };
  if (!std::all_of(first.begin(), first.end(), above_0) || !std::all_of(second.begin(), second.end(), above_0))
    return std::nullopt;
  return shift_of(
      first, second, confidence, [](double a, double b) { return b / a; },
      [](double a, double b) { return std::sqrt(a * b); });
}

Shift difference_between(std::span<const double> first, std::span<const double> second, double confidence) {
  return shift_of(
      first, second, confidence, [](double a, double b) { return b - a; },
      [](double a, double b) { return (a + b) / 2; });
}

}  // namespace slipway::compare
