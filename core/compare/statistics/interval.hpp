// How far a median may be off: a bootstrap confidence interval.
// Knows nothing of what the median is of; a figure a block makes it a resampling by block.
#pragma once

#include <optional>
#include <span>

namespace slipway::compare {

struct Interval {
  double low = 0;
  double high = 0;
  /// How often such an interval has the true median in it, for figures without ties: at least the confidence asked for
  /// where there are figures enough; of three figures not more than 0.75 can be had.
  double coverage = 0;
};

/// The percentile bootstrap interval of the median, exact: as if infinitely many resamples had been drawn, so there is
/// neither a seed nor a number of resamples. nullopt of no figures; of one, an interval without width or coverage.
///
/// How many of the k smallest figures a resample holds is binomial, so the probability that its median is at most the
/// k-th smallest has a closed form:
/// B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1), 1979, section 3, p. 6;
/// B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall, 1993, section 13.3 (percentile
/// interval). Of an even number of figures the lower bound is the lower median's, the upper bound the upper one's.
///
/// Of some numbers of figures (13: 0.91 instead of 0.95) that interval misses the median too often. How often is
/// known, since its bounds are figures of the sample, so it is then widened to the next figure on either side:
/// W. J. Conover, "Practical Nonparametric Statistics", 3rd edition, Wiley, 1999, section 3.2 (intervals of quantiles).
std::optional<Interval> median_interval(std::span<const double> figures, double confidence);

/// Which figure, counted from the smallest and from 1, the bootstrap's lower bound is with `beyond` of its distribution
/// below; the upper one is the same counted from the largest.
std::size_t bootstrap_bound(std::size_t figures, double beyond);

/// How many figures it takes before an interval of this confidence exists at all: 6 for 0.95. With fewer, the true
/// median lies beyond all of them too often.
std::size_t fewest_figures(double confidence);

/// Half the interval's width in parts of `of`, which is what `--precision 1%` bounds; infinite where `of` is 0 and the
/// interval has a width.
double relative_half_width(const Interval& interval, double of);

}  // namespace slipway::compare
