#!/usr/bin/python3
"""against_scipy.py PROGRAM: holds the answers of core/compare's statistics against scipy's, on the same random data.

The distribution's python3-scipy is the distribution's Python's, so that is the one named above.
"""
import math
import pathlib
import subprocess
import sys
import unittest

import numpy
from scipy import stats

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import random_reference  # noqa: E402

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else "build/core/compare/core-compare-answers"
CHANCE = numpy.random.default_rng(20261123)


def ask(questions):
    """The program's answers: a list of numbers each. A question is a word with arguments, and one or two series."""
    lines = [words + " : " + " | ".join(" ".join(map(repr, map(float, figures))) for figures in series)
             for words, *series in questions]
    done = subprocess.run([PROGRAM], input="\n".join(lines) + "\n", check=True, capture_output=True, text=True)
    return [[float(word) for word in line.split()] for line in done.stdout.splitlines()]


def times(count):
    """Figures as starts have them: skewed, with a few far out."""
    return CHANCE.lognormal(3, 0.1, count) * numpy.where(CHANCE.random(count) < 0.05, 5, 1)


def differences(count, ties=False):
    figures = CHANCE.normal(0.4, 1, count) * numpy.where(CHANCE.random(count) < 0.05, 20, 1)
    return numpy.round(figures * 2) if ties else figures


class AgainstScipy(unittest.TestCase):
    def close(self, found, expected, relative=1e-9):
        numpy.testing.assert_allclose(found, expected, rtol=relative, atol=1e-12)

    def test_quantiles(self):
        samples = [times(count) for count in (1, 2, 3, 10, 59, 1000)]
        for p in (0, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1):
            found = ask([(f"quantile {p}", sample) for sample in samples])
            self.close([x[0] for x in found], [numpy.quantile(sample, p, method="linear") for sample in samples])
        found = ask([("mad", sample) for sample in samples])
        self.close([x[0] for x in found], [stats.median_abs_deviation(sample) for sample in samples])

    def test_normal_distribution(self):
        for z, p in ((-8, 1e-12), (-1.96, 0.025), (0, 0.5), (3, 0.999)):
            self.close(ask([(f"normal {z} {p}",)])[0], [stats.norm.cdf(z), stats.norm.ppf(p)])

    def test_bootstrap_intervals_of_the_median(self):
        # scipy draws its resamples, so its bound may be the next figure where ours is the exact one; and ours is
        # widened by a figure where the exact one covers too little.
        for count in (9, 10, 19, 20, 33, 50):
            sample = numpy.sort(times(count))
            low, high, coverage = ask([("interval 0.95", sample)])[0]
            ours = list(sample).index(low), list(sample).index(high)
            middles = (count - 1) // 2, count // 2
            bounds = []
            for middle in middles:
                drawn = stats.bootstrap((sample,), lambda x, axis, m=middle: numpy.take(numpy.sort(x, axis), m, axis),
                                        n_resamples=4000, method="percentile", random_state=7)
                bounds.append(drawn.confidence_interval)
            theirs = [numpy.searchsorted(sample, bound) for bound in (bounds[0].low, bounds[1].high)]
            with self.subTest(count=count, ours=ours, theirs=theirs):
                self.assertTrue(-1 <= theirs[0] - ours[0] <= 2, "lower bound")
                self.assertTrue(-1 <= ours[1] - theirs[1] <= 2, "upper bound")
                self.close(coverage, stats.binom.cdf(ours[1], count, 0.5) - stats.binom.cdf(ours[0], count, 0.5))

    def test_sign_flips_of_all_combinations(self):
        for count in (1, 5, 9, 12):
            for ties in (False, True):
                sample = differences(count, ties)
                if not sample.any():
                    continue
                ranks = ask([("signed_ranks", sample)])[0]
                self.close(ranks, stats.rankdata(abs(sample)) * numpy.sign(sample))
                for figures in (sample, numpy.array(ranks)):
                    found = ask([("sign_flip 20 0 0", figures)])[0][0]
                    if count == 1:
                        self.assertEqual(1, found)
                        continue
                    test = stats.permutation_test((figures,), lambda x, axis: abs(x.sum(axis=axis)), vectorized=True,
                                                  permutation_type="samples", n_resamples=numpy.inf,
                                                  alternative="greater")
                    self.close(found, test.pvalue)

    def test_signed_ranks_are_wilcoxons(self):
        for count in (6, 15, 20):
            sample = differences(count)
            ranks = ask([("signed_ranks", sample)])[0]
            found = ask([("sign_flip 20 0 0", ranks)])[0][0]
            self.close(found, stats.wilcoxon(sample, mode="exact").pvalue)

    def test_sign_flips_at_random(self):
        sample = differences(40)
        ranks = ask([("signed_ranks", sample)])[0]
        found = ask([("sign_flip 20 99999 3", ranks)])[0][0]
        exact = stats.wilcoxon(sample, mode="exact").pvalue
        self.assertLess(abs(found - exact), 5 * math.sqrt(exact * (1 - exact) / 1e5) + 1e-5)

    def test_holm(self):
        p_values = CHANCE.random(12) ** 3
        order = numpy.argsort(p_values)
        stepped = numpy.maximum.accumulate(p_values[order] * numpy.arange(12, 0, -1)).clip(max=1)
        expected = numpy.empty(12)
        expected[order] = stepped
        self.close(ask([("holm", p_values)])[0], expected)

    def test_cliffs_delta(self):
        for first, second in ((3, 5), (40, 40), (500, 300)):
            for digits in (0, 9):
                a, b = times(first).round(digits), (times(second) * 0.98).round(digits)
                u = stats.mannwhitneyu(a, b).statistic
                self.close(ask([("delta", a, b)])[0][0], 2 * u / (first * second) - 1)

    def test_unpaired(self):
        for first, second in ((8, 8), (20, 33), (100, 150)):
            for digits in (0, 9):
                a, b = times(first).round(digits), (times(second) * 1.05).round(digits)
                u, p, middle, low, high = ask([("unpaired", a, b)])[0]
                expected = stats.mannwhitneyu(b, a, method="asymptotic")
                self.close([u, p], [expected.statistic, expected.pvalue])
                pairs = numpy.sort((b[None, :] - a[:, None]).ravel())
                rank = math.floor(first * second / 2 -
                                  stats.norm.ppf(0.975) * math.sqrt(first * second * (first + second + 1) / 12))
                self.close([middle, low, high], [numpy.median(pairs), pairs[rank - 1], pairs[-rank]])

    def test_trend(self):
        for count in (10, 60, 501):
            for digits in (0, 9):
                series = (times(count) - numpy.arange(count) / 50).round(digits)
                s, tau, variance, p = ask([("trend", series)])[0]
                later = numpy.sign(series[None, :] - series[:, None])
                self.assertEqual(numpy.triu(later).sum(), s)
                expected = stats.kendalltau(numpy.arange(count), series, method="asymptotic")
                self.close(tau, expected.correlation)
                # scipy's p has no correction for continuity.
                self.close(2 * stats.norm.sf(abs(s) / math.sqrt(variance)), expected.pvalue, 1e-6)
                self.close(p, min(1, 2 * stats.norm.sf(max(0, abs(s) - 1) / math.sqrt(variance))))

    def test_change_point(self):
        for place in (5, 20, 44):
            series = times(60)
            series[:place] *= 1.2
            ranks = stats.rankdata(series)
            distance = abs(2 * numpy.cumsum(ranks) - numpy.arange(1, 61) * 61)
            self.assertEqual(1 + int(numpy.argmax(distance)), ask([("change_point", series)])[0][0])

    def test_orders_of_blocks(self):
        for seed, block, variants in ((42, 0, 6), (42, 1, 6), (2**64 - 1, 2**40, 7), (0, 0, 2), (7, 3, 400)):
            found = ask([(f"order {seed} {block} {variants}",)])[0]
            self.assertEqual(random_reference.order_of_block(seed, block, variants), found)


if __name__ == "__main__":
    unittest.main()
