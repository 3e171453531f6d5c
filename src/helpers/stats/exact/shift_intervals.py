"""Hodges-Lehmann estimates and their intervals, by inverting the exact conditional test.

A shift belongs to the interval when the exact test of the shifted data, with the ties the data have
at that shift, does not reject it. The one-sided p changes only where two shifted values meet: at a
Walsh average (one sample) or at a difference x - y (two samples). So it is enough to test one point
between each two neighbours. Only equal values stay tied at every shift: without them the limits are
order statistics, and with them the walk starts there, as the answer is never far.

Without ties this is R's ``wilcox.test(conf.int = TRUE)``: order statistics of the Walsh averages or
differences. With ties R falls back to a normal approximation, and exactRankTests compares the
statistic of every shift with quantiles of the ties at shift 0. That is no inversion: the limits of
``-x`` are then not those of ``x`` mirrored, and for its own blood pressure example it prints
-4 to 22 where the exact test rejects -2 (one-sided p 0.0183); inversion gives 0 to 22.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers.stats.exact.rank_distributions import (
    rank_sum_distribution,
    signed_rank_distribution,
    untied_rank_sum_limit,
    untied_signed_rank_limit,
)
from helpers.stats.exact.samples import Floats, Integers, doubled_midranks
from helpers.stats.result import TAIL_TOLERANCE, Alternative, Interval, tail_level


@dataclass(frozen=True, slots=True)
class _Limit:
    """A lower limit and the exact chance that it lies above the truth."""

    value: float
    error: float


def walsh_averages(values: Floats) -> Floats:
    """Return the n(n+1)/2 averages of every pair, each value with itself included.

    Examples
    --------
    >>> walsh_averages(np.array([1.0, 3.0])).tolist()
    [1.0, 2.0, 3.0]
    """
    first, second = np.triu_indices(len(values))
    return np.asarray((values[first] + values[second]) / 2, dtype=float)


def one_sample_interval(
    values: Floats, codes: Integers, *, level: float, alternative: Alternative
) -> Interval:
    """Return the exact interval for the centre of symmetry of one sample.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Differences, at least one.
    codes : ndarray of int, shape (n,)
        The same on the integer grid.

    Examples
    --------
    >>> d = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 7.0])
    >>> tuple(one_sample_interval(d, d.astype(int), level=0.95, alternative="two-sided"))
    (1.0, 7.0)
    """
    tail = tail_level(level, alternative)
    below = None if alternative == "less" else _lower_centre(values, codes, tail)
    above = None if alternative == "greater" else _lower_centre(-values, -codes, tail)
    return _join(below, above, level)


def two_sample_interval(
    x: Floats,
    y: Floats,
    codes: tuple[Integers, Integers],
    *,
    level: float,
    alternative: Alternative,
) -> Interval:
    """Return the exact interval for the shift of x against y.

    Parameters
    ----------
    x, y : ndarray of float
        Both samples, at least one value each.
    codes : tuple of ndarray of int
        The same on one integer grid.

    Examples
    --------
    >>> x, y = np.array([5.0, 6.0, 8.0, 9.0]), np.array([1.0, 2.0, 4.5, 7.0])
    >>> tuple(two_sample_interval(x, y, (2 * x.astype(int), (2 * y).astype(int)),
    ...                           level=0.95, alternative="two-sided"))
    (-2.0, 8.0)
    """
    tail = tail_level(level, alternative)
    flipped = (-codes[0], -codes[1])
    below = None if alternative == "less" else _lower_shift(x, y, codes, tail)
    above = None if alternative == "greater" else _lower_shift(-x, -y, flipped, tail)
    return _join(below, above, level)


def _lower_centre(values: Floats, codes: Integers, tail: float) -> _Limit:
    n = len(values)
    first, second = np.triu_indices(n)
    averages = (values[first] + values[second]) / 2
    sums = codes[first] + codes[second]
    rank, error = untied_signed_rank_limit(n, tail)
    if len(np.unique(codes)) == n:
        return _Limit(float(np.sort(averages)[rank - 1]), error)

    def upper_tail(between: int) -> float:
        shifted = 4 * codes - between
        ranks = doubled_midranks(np.abs(shifted))
        observed = int(ranks[shifted > 0].sum())
        return signed_rank_distribution(ranks).p_value(observed, "greater")

    return _walk(averages, sums, rank, upper_tail, tail)


def _lower_shift(x: Floats, y: Floats, codes: tuple[Integers, Integers], tail: float) -> _Limit:
    differences = np.subtract.outer(x, y).ravel()
    gaps = np.subtract.outer(codes[0], codes[1]).ravel()
    rank, error = untied_rank_sum_limit(len(x), len(y), tail)
    if len(np.unique(codes[0])) == len(x) and len(np.unique(codes[1])) == len(y):
        return _Limit(float(np.sort(differences)[rank - 1]), error)

    def upper_tail(between: int) -> float:
        ranks = doubled_midranks(np.concatenate([4 * codes[0] - between, 4 * codes[1]]))
        observed = int(ranks[: len(x)].sum())
        return rank_sum_distribution(ranks, len(x)).p_value(observed, "greater")

    return _walk(differences, 2 * gaps, rank, upper_tail, tail)


def _walk(
    values: Floats,
    codes: Integers,
    rank: int,
    upper_tail: Callable[[int], float],
    tail: float,
) -> _Limit:
    """Return the lowest value from which on the exact test no longer rejects.

    Cell k lies just above the k-th lowest distinct value, cell 0 below them all. Without ties the
    `rank`-th value is the limit, which is where the walk starts.
    """
    order = np.argsort(codes, kind="stable")
    distinct, first = np.unique(codes[order], return_index=True)
    last = len(distinct)
    untied_limit = codes[order][rank - 1]
    cell = int(np.searchsorted(distinct, untied_limit)) + 1
    tails: dict[int, float] = {}

    def tail_in(k: int) -> float:
        if k not in tails:
            tails[k] = upper_tail(_between(distinct, k))
        return tails[k]

    while cell > 0 and tail_in(cell - 1) > tail + TAIL_TOLERANCE:
        cell -= 1
    while cell <= last and tail_in(cell) <= tail + TAIL_TOLERANCE:
        cell += 1
    # In the lowest cell nothing can be rejected at this n: the least value is all there is.
    edge = max(cell - 1, 0)
    error = tail_in(edge)
    return _Limit(float(values[order][first[min(edge, last - 1)]]), error)


def _between(distinct: Integers, cell: int) -> int:
    if cell == 0:
        return int(2 * distinct[0]) - 4
    if cell == len(distinct):
        return int(2 * distinct[-1]) + 4
    return int(distinct[cell - 1] + distinct[cell])


def _join(below: _Limit | None, above: _Limit | None, level: float) -> Interval:
    error = sum(limit.error for limit in (below, above) if limit is not None)
    return Interval(
        low=below.value if below else -np.inf,
        high=-above.value if above else np.inf,
        level=level,
        achieved=max(0.0, 1 - error),
    )
