"""Exact null distributions of rank statistics, by the shift algorithm on doubled midranks.

Given the ties, all sign patterns (one sample) or all splits (two samples) are equally likely. The
statistic is a sum of integers, so its distribution follows by adding one rank at a time, in
polynomial time, with no approximation and whatever the ties (Streitberg and Roehmel 1986).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from helpers.stats.exact.samples import Floats, Integers
from helpers.stats.result import TAIL_TOLERANCE, Alternative

MOST_SIGNED = 500
MOST_SPLIT = 300
"""Beyond these the exact distribution takes seconds; a trial that size wants a model."""


@dataclass(frozen=True, slots=True)
class NullDistribution:
    """Probabilities of an integer statistic 0, 1, ... in steps of `step`.

    Attributes
    ----------
    probability : ndarray of float, shape (S,)
        Probability that the statistic is ``step * index``.
    step : int
        What one index is worth in doubled ranks.
    deviation : ndarray of int, shape (S,)
        Distance from the null mean in a common integer unit, with its sign.
    """

    probability: Floats
    step: int
    deviation: Integers

    def p_value(self, observed: int, alternative: Alternative) -> float:
        """Return the probability of a sum of doubled ranks as extreme as `observed`."""
        index = observed // self.step
        if alternative == "greater":
            return _total(self.probability[index:])
        if alternative == "less":
            return _total(self.probability[: index + 1])
        distance = np.abs(self.deviation)
        return _total(self.probability[distance >= distance[index]])

    def smallest_p(self, alternative: Alternative) -> float:
        """Return the least p any outcome with these ties can reach."""
        possible = np.flatnonzero(self.probability)
        if alternative == "greater":
            return self.p_value(int(possible[-1]) * self.step, alternative)
        if alternative == "less":
            return self.p_value(int(possible[0]) * self.step, alternative)
        far = possible[np.argmax(np.abs(self.deviation[possible]))]
        return self.p_value(int(far) * self.step, alternative)


def signed_rank_distribution(ranks: Integers) -> NullDistribution:
    """Return the distribution of the sum of the positive ranks, every sign a fair coin.

    Parameters
    ----------
    ranks : ndarray of int, shape (n,)
        Doubled midranks of the absolute differences; a Pratt zero has no rank here.

    Raises
    ------
    ValueError
        When n exceeds `MOST_SIGNED`.

    Examples
    --------
    >>> signed_rank_distribution(np.array([2, 4])).probability.tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    if len(ranks) > MOST_SIGNED:
        raise ValueError(
            f"the exact signed-rank distribution is for up to {MOST_SIGNED} differences, got "
            f"{len(ranks)}: use scipy.stats.wilcoxon there, or test patients, not wells or cells"
        )
    step = int(np.gcd.reduce(ranks)) if len(ranks) else 1
    scores = np.sort(ranks) // step
    probability = np.zeros(int(scores.sum()) + 1)
    probability[0] = 1.0
    reached = 0
    for score in scores.tolist():
        # Halving is exact in binary, so nothing is rounded until the counts pass 2**53.
        probability[: reached + 1] *= 0.5
        probability[score : reached + score + 1] += probability[: reached + 1].copy()
        reached += score
    deviation = 2 * np.arange(reached + 1, dtype=np.int64) - reached
    return NullDistribution(probability, step, deviation)


def rank_sum_distribution(ranks: Integers, size: int) -> NullDistribution:
    """Return the distribution of the sum of `size` of the ranks drawn without replacement.

    Parameters
    ----------
    ranks : ndarray of int, shape (m + n,)
        Doubled midranks of both samples together.
    size : int
        Observations in the first sample.

    Raises
    ------
    ValueError
        When m + n exceeds `MOST_SPLIT`.

    Examples
    --------
    >>> rank_sum_distribution(np.array([2, 4, 6]), 1).probability.round(3).tolist()
    [0.0, 0.333, 0.333, 0.333]
    """
    total = len(ranks)
    if total > MOST_SPLIT:
        raise ValueError(
            f"the exact rank-sum distribution is for up to {MOST_SPLIT} observations, got {total}: "
            "use scipy.stats.mannwhitneyu there, or test patients, not wells or cells"
        )
    step = max(int(np.gcd.reduce(ranks)), 1)
    scores = np.sort(ranks) // step
    top = int(scores[total - size :].sum())
    # Ways to draw k ranks with sum s. One more rank moves row k - 1 into row k, by its score; rows
    # that can no longer reach `size`, and sums that nothing has reached yet, are passed over.
    ways = np.zeros((size + 1, top + 1))
    ways[0, 0] = 1.0
    reached = 0
    for taken, score in enumerate(scores.tolist(), start=1):
        reached = min(reached + score, top)
        first, last = max(1, size - (total - taken)), min(taken, size)
        ways[first : last + 1, score : reached + 1] += ways[
            first - 1 : last, : reached + 1 - score
        ].copy()
    probability = ways[size] / math.comb(total, size)
    deviation = total * np.arange(top + 1, dtype=np.int64) - size * int(scores.sum())
    return NullDistribution(probability, step, deviation)


@lru_cache(maxsize=256)
def untied_signed_rank_limit(n: int, tail: float) -> tuple[int, float]:
    """Return which Walsh average, counted from the lowest, is the lower limit without ties.

    Returns
    -------
    rank : int
        From 1; R calls it ``qsignrank(tail, n)``.
    error : float
        The exact chance that the limit lies above the truth; more than `tail` when not even the
        lowest Walsh average is low enough.

    Examples
    --------
    >>> untied_signed_rank_limit(9, 0.025)
    (6, 0.01953125)
    """
    null = signed_rank_distribution(2 * np.arange(1, n + 1, dtype=np.int64))
    return _limit_rank(null.probability, tail)


@lru_cache(maxsize=256)
def untied_rank_sum_limit(m: int, n: int, tail: float) -> tuple[int, float]:
    """Return which difference x - y, counted from the lowest, is the lower limit without ties.

    Returns
    -------
    rank : int
        From 1; R calls it ``qwilcox(tail, m, n)``.
    error : float
        The exact chance that the limit lies above the truth.

    Examples
    --------
    >>> rank, error = untied_rank_sum_limit(10, 5, 0.025)
    >>> rank, round(error, 5)
    (9, 0.01998)
    """
    null = rank_sum_distribution(2 * np.arange(1, m + n + 1, dtype=np.int64), m)
    return _limit_rank(null.probability[m * (m + 1) // 2 :], tail)


def _limit_rank(probability: Floats, tail: float) -> tuple[int, float]:
    cumulative = np.cumsum(probability)
    rank = max(int(np.searchsorted(cumulative, tail + TAIL_TOLERANCE, side="right")), 1)
    return rank, float(cumulative[rank - 1])


def _total(probabilities: Floats) -> float:
    return min(1.0, float(probabilities.sum()))
