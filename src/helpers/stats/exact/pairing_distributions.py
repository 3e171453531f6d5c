"""Exact null distributions of rank correlations: every pairing equally likely.

With n pairs there are n! pairings, but most share their past: what matters of the pairs placed so
far is which y ranks they used. Counting goes over those sets, with ties as multisets, and for
Spearman meets in the middle. Where that would be too many, seeded pairings are drawn instead and
the error of the p comes with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers.stats.exact.samples import Floats, Integers
from helpers.stats.result import Alternative

MOST_SPEARMAN_CELLS = 16_000 * 16**3
"""Sets at the middle times n cubed: 16 pairs without ties, in under a second."""

MOST_KENDALL_CELLS = 300_000_000
"""Additions over all sets: about a second."""

SIMULATIONS = 999_999
SEED = 20_120_614


@dataclass(frozen=True, slots=True)
class Tails:
    """What the null distribution says of one observed correlation.

    Attributes
    ----------
    p_value, smallest_p : float
        The p of the observed pairing, and the least p any pairing could have.
    p_error : float or None
        Monte Carlo standard error; None when the p is exact.
    """

    p_value: float
    smallest_p: float
    p_error: float | None = None


def spearman_tails(a: Integers, b: Integers, side: Alternative) -> Tails:
    """Return the tails of Spearman's statistic, the sum of a * b, over all pairings.

    Parameters
    ----------
    a, b : ndarray of int, shape (n,)
        Doubled midranks of both measurements, neither constant.

    Examples
    --------
    >>> spearman_tails(np.array([2, 4, 6]), np.array([2, 4, 6]), "greater").p_value
    0.16666666666666666
    """
    a, b = _reduce(a), _reduce(b)
    if _middle_sets(a) < _middle_sets(b):
        a, b = b, a
    n, centre = len(a), int(a.sum()) * int(b.sum())
    seen = int(a @ b)
    highest = int(np.sort(a) @ np.sort(b))
    lowest = int(np.sort(a) @ np.sort(b)[::-1])
    if _middle_sets(b) * n**3 > MOST_SPEARMAN_CELLS:
        return _simulate(lambda shuffled: n * (shuffled @ a) - centre, b, n * seen - centre, side)
    halves = _Halves(a, b)

    def chance(distance: int) -> float:
        return halves.chance(distance, side)

    extreme = {
        "greater": n * highest - centre,
        "less": n * lowest - centre,
        "two-sided": max(n * highest - centre, centre - n * lowest),
    }[side]
    return Tails(chance(n * seen - centre), chance(extreme))


def _reduce(ranks: Integers) -> Integers:
    shifted = ranks - ranks.min()
    return np.asarray(shifted // np.gcd.reduce(shifted), dtype=np.int64)


def _middle_sets(ranks: Integers) -> int:
    """Return how many different multisets of half the ranks there are."""
    _, counts = np.unique(ranks, return_counts=True)
    ways = np.array([1])
    for count in counts.tolist():
        ways = np.convolve(ways, np.ones(count + 1, dtype=np.int64))
    return int(ways.max())


class _Halves:
    """The two halves of every pairing, counted apart: the lower a's and the upper a's.

    For each multiset of y ranks given to the lower half, ways to reach each partial sum are counted
    for both halves. Measured from the middle a, a total is the upper sum less the lower one, and
    both stay small.
    """

    def __init__(self, a: Integers, b: Integers) -> None:
        ordered = np.sort(a)
        self.size = len(a)
        self.centre = int(a.sum()) * int(b.sum())
        half = len(a) // 2
        middle = int(ordered[half])
        self.offset = middle * int(b.sum())
        groups, counts = np.unique(b, return_counts=True)
        lower_sets, self.lower = _count_sums(middle - ordered[:half], groups, counts)
        upper_sets, upper = _count_sums(ordered[half:] - middle, groups, counts)
        everything = int((counts * _radix(counts)).sum())
        partner = np.searchsorted(upper_sets, everything - lower_sets)
        self.reached = np.cumsum(upper[partner], axis=1)
        self.total = float(self.reached[:, -1] @ self.lower.sum(axis=1))

    def chance(self, distance: int, side: Alternative) -> float:
        """Return the probability of n * sum - centre at least as extreme as `distance`."""
        if side == "greater":
            return self._above(distance) / self.total
        if side == "less":
            return self._below(distance) / self.total
        far = abs(distance)
        if far == 0:
            return 1.0
        return min(1.0, (self._above(far) + self._below(-far)) / self.total)

    def _below(self, distance: int) -> float:
        return self._ways_to((self.centre + distance) // self.size)

    def _above(self, distance: int) -> float:
        return self.total - self._ways_to(-((-self.centre - distance) // self.size) - 1)

    def _ways_to(self, most: int) -> float:
        """Return the ways with a total sum of at most `most`."""
        room = most - self.offset + np.arange(self.lower.shape[1])
        usable = room >= 0
        capped = np.minimum(room[usable], self.reached.shape[1] - 1)
        return float((self.lower[:, usable] * self.reached[:, capped]).sum())


def _radix(counts: Integers) -> Integers:
    return np.concatenate([[1], np.cumprod(counts[:-1] + 1)]).astype(np.int64)


def _count_sums(positions: Integers, groups: Integers, counts: Integers) -> tuple[Integers, Floats]:
    """Return the multisets of y ranks of this size, coded, and for each the ways to every sum."""
    radix = _radix(counts)
    width = int(np.sort(positions) @ np.sort(np.repeat(groups, counts))[-len(positions) :]) + 1
    sets, ways = np.zeros(1, dtype=np.int64), np.zeros((1, width))
    ways[0, 0] = 1.0
    for position in positions.tolist():
        used = (sets[:, None] // radix) % (counts + 1)
        room = used < counts
        grown = np.unique((sets[:, None] + radix)[room])
        added = np.zeros((len(grown), width))
        for group, rank in enumerate(groups.tolist()):
            open_sets = np.flatnonzero(room[:, group])
            target = np.searchsorted(grown, sets[open_sets] + radix[group])
            shift = position * rank
            added[target, shift:] += ways[open_sets, : width - shift]
        sets, ways = grown, added
    return sets, ways


def concordance(a: Integers, b: Integers) -> int:
    """Return concordant less discordant pairs.

    Examples
    --------
    >>> concordance(np.array([2, 4, 6]), np.array([2, 6, 4]))
    1
    """
    signs = np.sign(np.subtract.outer(a, a)) * np.sign(np.subtract.outer(b, b))
    return int(signs.sum()) // 2


def kendall_tails(a: Integers, b: Integers, score: int, side: Alternative) -> Tails:
    """Return the tails of Kendall's statistic, concordant less discordant pairs, over all pairings.

    Parameters
    ----------
    a, b : ndarray of int, shape (n,)
        Doubled midranks of both measurements, neither constant.
    score : int
        The statistic observed.

    Examples
    --------
    >>> round(kendall_tails(np.array([2, 4, 6]), np.array([2, 4, 6]), 3, "greater").p_value, 6)
    0.166667
    """
    tied_a, tied_b = _group_sizes(a), _group_sizes(b)
    if len(tied_a) == len(a):
        ways = _ways_one_side_tied(tied_b)
    elif len(tied_b) == len(b):
        ways = _ways_one_side_tied(tied_a)
    elif min(_kendall_cells(tied_a, tied_b), _kendall_cells(tied_b, tied_a)) < MOST_KENDALL_CELLS:
        ways = _ways_both_tied(
            *min((tied_a, tied_b), (tied_b, tied_a), key=lambda s: _kendall_cells(*s))
        )
    else:
        return _simulate(_concordance_with(a), b, score, side)
    return _tails_of(ways, score, side)


def _group_sizes(ranks: Integers) -> Integers:
    return np.asarray(np.unique(ranks, return_counts=True)[1], dtype=np.int64)


def _tails_of(ways: Floats, score: int, side: Alternative) -> Tails:
    """Return tails from ways to each score -top..top, which are centred on 0."""
    scores = np.arange(len(ways)) - len(ways) // 2
    total = ways.sum()
    possible = scores[ways > 0]

    def chance(value: int) -> float:
        if side == "greater":
            chosen = scores >= value
        elif side == "less":
            chosen = scores <= value
        else:
            chosen = np.abs(scores) >= abs(value)
        return min(1.0, float(ways[chosen].sum() / total))

    extreme = {
        "greater": possible.max(),
        "less": possible.min(),
        "two-sided": np.abs(possible).max(),
    }[side]
    return Tails(chance(score), chance(int(extreme)))


def _ways_one_side_tied(sizes: Integers) -> Floats:
    """Return probabilities of each score when only one measurement ties.

    Placing group after group, the inversions of a group against those before it are a Gaussian
    binomial: the Mann-Whitney count of the group's size against all placed so far.
    """
    inversions, placed = np.ones(1), 0
    for size in sizes.tolist():
        inversions = np.convolve(inversions, _mann_whitney(size, placed))
        placed += size
    # Inversions run 0..top, scores -top..top in steps of 2.
    scores = np.zeros(2 * len(inversions) - 1)
    scores[::2] = inversions
    return scores


def _mann_whitney(m: int, n: int) -> Floats:
    """Return the probabilities of the untied Mann-Whitney count of m against n."""
    if m == 0 or n == 0:
        return np.ones(1)
    if m == 1:
        return np.full(n + 1, 1 / (n + 1))
    ways = np.zeros((m + 1, m * n + 1))
    ways[0, 0] = 1.0
    for drawn in range(m + n):
        # The k-th of m drawn from place `drawn` has drawn - k of the others before it.
        for k in range(min(drawn + 1, m), 0, -1):
            before = drawn - (k - 1)
            if before <= n:
                ways[k, before:] += ways[k - 1, : m * n + 1 - before]
    return np.asarray(ways[m] / ways[m].sum(), dtype=float)


def _kendall_cells(blocks: Integers, sizes: Integers) -> float:
    """Return roughly how many additions counting over sets would take."""
    n = int(sizes.sum())
    states = math.prod((sizes + 1).tolist())
    choices = [math.comb(len(sizes) + block - 1, block) for block in blocks.tolist()]
    return float(states * (n * (n - 1) + 1) * sum(choices) / len(choices))


def _ways_both_tied(blocks: Integers, sizes: Integers) -> Floats:
    """Return the ways to each score, adding the y values of one block of tied x at a time."""
    n = int(sizes.sum())
    width = n * (n - 1) + 1
    radix = _radix(sizes)
    sets, ways = np.zeros(1, dtype=np.int64), np.zeros((1, width))
    ways[0, width // 2] = 1.0
    for block in blocks.tolist():
        used = (sets[:, None] // radix) % (sizes + 1)
        takes = [
            (chosen, np.flatnonzero((used + chosen <= sizes).all(axis=1)))
            for chosen in _choose(block, sizes)
        ]
        grown = np.unique(np.concatenate([sets[open_sets] + c @ radix for c, open_sets in takes]))
        added = np.zeros((len(grown), width))
        for chosen, open_sets in takes:
            target = np.searchsorted(grown, sets[open_sets] + chosen @ radix)
            columns = np.arange(width) + _gain(used[open_sets], chosen)[:, None]
            # What wraps round is always 0: no score exceeds the number of pairs.
            added[target[:, None], columns % width] += _orders(chosen) * ways[open_sets]
        sets, ways = grown, added
    return np.asarray(ways[0], dtype=float)


def _choose(total: int, room: Integers) -> list[Integers]:
    """Return every way to take `total` values from groups with this much room."""
    found: list[tuple[int, ...]] = [()]
    for group, free in enumerate(room.tolist()):
        rest = int(room[group + 1 :].sum())
        found = [
            (*head, count)
            for head in found
            for count in range(min(free, total - sum(head)) + 1)
            if total - sum(head) - count <= rest
        ]
    return [np.array(counts, dtype=np.int64) for counts in found]


def _gain(used: Integers, chosen: Integers) -> Integers:
    """Return concordant less discordant pairs of newly placed y values with those placed before."""
    placed = np.cumsum(used, axis=1)
    lower, higher = placed - used, placed[:, -1:] - placed
    return np.asarray((lower - higher) @ chosen, dtype=np.int64)


def _orders(chosen: Integers) -> float:
    """Return in how many orders the chosen y values can stand within their block."""
    within = math.prod(math.factorial(count) for count in chosen.tolist())
    return math.factorial(int(chosen.sum())) / float(within)


def _concordance_with(a: Integers) -> Callable[[Integers], Integers]:
    first, second = np.triu_indices(len(a), 1)
    signs = np.sign(a[second] - a[first])

    def score(shuffled: Integers) -> Integers:
        return np.asarray(np.sign(shuffled[:, second] - shuffled[:, first]) @ signs)

    return score


def _simulate(
    score: Callable[[Integers], Integers], b: Integers, seen: int, side: Alternative
) -> Tails:
    """Return the p from seeded random pairings, the observed one counted among them."""
    random = np.random.default_rng(SEED)
    as_extreme = 0
    left = SIMULATIONS
    chunk = max(1, 4_000_000 // len(b) ** 2)
    while left:
        size = min(chunk, left)
        drawn = score(random.permuted(np.tile(b, (size, 1)), axis=1))
        if side == "greater":
            as_extreme += int((drawn >= seen).sum())
        elif side == "less":
            as_extreme += int((drawn <= seen).sum())
        else:
            as_extreme += int((np.abs(drawn) >= abs(seen)).sum())
        left -= size
    p = (as_extreme + 1) / (SIMULATIONS + 1)
    return Tails(p, 1 / (SIMULATIONS + 1), math.sqrt(p * (1 - p) / SIMULATIONS))
