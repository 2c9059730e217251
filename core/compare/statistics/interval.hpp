// How far a median may be off: a bootstrap confidence interval.
// Knows nothing of what the median is of; a figure a block makes it a resampling by block.
#pragma once

#include <optional>
#include <span>

namespace slipway::compare {

struct Interval {
  double low = 0;
  double high = 0;
  /// How often such an interval has the true median in it, for figures without ties. Close to the confidence asked for
  /// from some ten figures on, and far below it for fewer: of three figures not more than 0.75 can be had.
  double coverage = 0;
};

/// The percentile bootstrap interval of the median, exact: as if infinitely many resamples had been drawn, so there is
/// neither a seed nor a number of resamples. nullopt of no figures; of one, an interval without width or coverage.
///
/// How many of the k smallest figures a resample holds is binomial, so the probability that its median is at most the
/// k-th smallest has a closed form:
/// B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1), 1979, section 3, p. 6;
/// B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall, 1993, section 13.3 (percentile
/// interval). Of an even number of figures the lower bound is the lower median's, the upper bound the upper one's: a
/// little wider than the median of the two halves would have it.
std::optional<Interval> median_interval(std::span<const double> figures, double confidence);

/// How many figures it takes before an interval of this confidence exists at all: 6 for 0.95. With fewer, the true
/// median lies beyond all of them too often.
std::size_t fewest_figures(double confidence);

/// Half the interval's width in parts of `of`, which is what `--precision 1%` bounds; infinite where `of` is 0 and the
/// interval has a width.
double relative_half_width(const Interval& interval, double of);

}  // namespace slipway::compare
