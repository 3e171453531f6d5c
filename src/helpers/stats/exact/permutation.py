"""Permutation tests of any statistic: every pattern where that is possible, else seeded draws."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations

import numpy as np

from helpers.stats.exact.samples import Floats, Values, read_sample
from helpers.stats.result import (
    TAIL_TOLERANCE,
    Alternative,
    Interval,
    StatisticResult,
    check_alternative,
    check_level,
    describe_alternative,
    tail_level,
)

MOST_PATTERNS = 200_000
"""Patterns to go through one by one: 2**17 sign flips, or all 184,756 splits of 10 and 10."""

MOST_FLIPS = 2**21
"""Sign flips of a mean, which need no matrix of patterns."""

FLOAT_NOISE = 1e-9
"""Statistics closer than this share of the largest are one value."""

SEED = 20_120_614

OneSample = Callable[[Floats], float]
TwoSample = Callable[[Floats, Floats], float]


def sign_flip_test(
    differences: Values,
    statistic: OneSample | None = None,
    *,
    alternative: Alternative = "two-sided",
    level: float = 0.95,
    resamples: int = 9_999,
    seed: int = SEED,
) -> StatisticResult:
    """Test paired differences by flipping their signs, with any statistic.

    Parameters
    ----------
    differences : iterable of numbers
        One difference for each patient; missing ones are dropped and counted.
    statistic : callable, optional
        Takes the differences, returns a number. By default their mean.
    alternative : {"two-sided", "less", "greater"}
    level : float
        Confidence level.
    resamples, seed : int
        Draws, and the seed of their generator, when n exceeds 17 (21 for the mean).

    Returns
    -------
    StatisticResult
        `estimate` is the statistic; `interval` (for the mean, exact only) the shifts the same test
        does not reject; `p_error` the Monte Carlo standard error when patterns were drawn.

    Raises
    ------
    ValueError
        For text, infinite values, a statistic that is not finite, or fewer than 99 resamples.

    Notes
    -----
    Two-sided: at least as far from the mean over all patterns, not twice the smaller tail as in
    ``scipy.stats.permutation_test``; for skewed statistics they differ. A drawn p counts the
    observed pattern, so it is never 0 and errs to the safe side.

    References
    ----------
    Hartigan JA. J Am Stat Assoc 1969;64:1303 (typical values: the interval). Phipson B, Smyth GK.
    Stat Appl Genet Mol Biol 2010;9:39 (never zero).

    Examples
    --------
    >>> result = sign_flip_test([1, 2, 3, 4, 5, 6])
    >>> result.p_value, tuple(result.interval)
    (0.03125, (1.0, 6.0))
    """
    side = check_alternative(alternative)
    check_level(level)
    sample = read_sample(differences, name="differences")
    n = len(sample.values)
    words = f"sign-flip permutation test, {describe_alternative(side)}"
    if n == 0:
        return StatisticResult(
            n_missing=sample.n_missing, method=words, alternative=side, reason="no differences"
        )
    exact = 2**n <= (MOST_FLIPS if statistic is None else MOST_PATTERNS)
    limits = None
    if statistic is None and exact:
        flipped, counts = _flipped_sums(sample.values)
        values = (sample.values.sum() - 2 * flipped) / n
        limits = np.sort(flipped[1:] / counts[1:])
    else:
        signs = _all_signs(n) if exact else _drawn_signs(n, resamples, seed)
        values = _apply(statistic or np.mean, signs * sample.values)
    return _permutation_result(
        values,
        n_used=n,
        n_missing=sample.n_missing,
        exact=exact,
        centre=0.0 if statistic is None else None,
        interval=None if limits is None else _typical_interval(limits, level, side),
        words=words,
        side=side,
    )


def permutation_test(
    x: Values,
    y: Values,
    statistic: TwoSample | None = None,
    *,
    alternative: Alternative = "two-sided",
    level: float = 0.95,
    resamples: int = 9_999,
    seed: int = SEED,
) -> StatisticResult:
    """Test two independent groups by exchanging patients between them, with any statistic.

    Parameters
    ----------
    x, y : iterable of numbers
        The two groups; missing values are dropped and counted.
    statistic : callable, optional
        Takes the two groups, returns a number. By default mean x - mean y.
    alternative : {"two-sided", "less", "greater"}
    level : float
        Confidence level.
    resamples, seed : int
        Draws, and the seed of their generator, when there are more than 200,000 splits.

    Returns
    -------
    StatisticResult
        As `sign_flip_test`; the interval is for the shift of x against y.

    Raises
    ------
    ValueError
        For text, infinite values, a statistic that is not finite, or fewer than 99 resamples.

    Notes
    -----
    The null is that the groups have one distribution, not only one mean: with unequal spread a
    small p may speak of the spread. Two-sided and drawn p as in `sign_flip_test`.

    References
    ----------
    Phipson B, Smyth GK. Stat Appl Genet Mol Biol 2010;9:39.

    Examples
    --------
    >>> round(permutation_test([38, 26, 29, 41], [45, 48, 57, 58, 50]).p_value, 6)
    0.007937
    """
    side = check_alternative(alternative)
    check_level(level)
    first, second = read_sample(x, name="x"), read_sample(y, name="y")
    m, n = len(first.values), len(second.values)
    n_missing = first.n_missing + second.n_missing
    words = f"two-sample permutation test, {describe_alternative(side)}"
    if m == 0 or n == 0:
        return StatisticResult(
            n_used=m + n,
            n_missing=n_missing,
            method=words,
            alternative=side,
            reason=f"no values in {'x' if m == 0 else 'y'}",
        )
    pooled = np.concatenate([first.values, second.values])
    exact = math.comb(m + n, m) <= MOST_PATTERNS
    member = _all_splits(m + n, m) if exact else _drawn_splits(m + n, m, resamples, seed)
    by_mean = statistic is None
    values = (
        _mean_gaps(member, pooled, m)
        if statistic is None
        else np.array([statistic(pooled[row], pooled[~row]) for row in member], dtype=float)
    )
    limits = _swap_gaps(member[1:], first.values, second.values) if by_mean and exact else None
    return _permutation_result(
        values,
        n_used=m + n,
        n_missing=n_missing,
        exact=exact,
        centre=0.0 if by_mean else None,
        interval=None if limits is None else _typical_interval(limits, level, side),
        words=words,
        side=side,
    )


def _flipped_sums(differences: Floats) -> tuple[Floats, Floats]:
    """Return for every sign pattern the sum and the number of the differences it flips."""
    sums, counts = np.zeros(1), np.zeros(1)
    for difference in differences.tolist():
        sums = np.concatenate([sums, sums + difference])
        counts = np.concatenate([counts, counts + 1])
    return sums, counts


def _apply(statistic: OneSample, rows: Floats) -> Floats:
    if statistic is np.mean:
        return np.asarray(rows.mean(axis=1))
    return np.array([statistic(row) for row in rows], dtype=float)


def _all_signs(n: int) -> Floats:
    """Return every sign pattern, the observed one (all +) first."""
    patterns = np.arange(2**n, dtype=np.int64)[:, None] >> np.arange(n)
    return np.asarray(1.0 - 2.0 * (patterns & 1))


def _drawn_signs(n: int, resamples: int, seed: int) -> Floats:
    random = np.random.default_rng(seed)
    signs = random.choice([-1.0, 1.0], size=(_check_resamples(resamples) + 1, n))
    signs[0] = 1.0
    return np.asarray(signs)


def _all_splits(total: int, m: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return every choice of the first group, the observed one (the first m) first."""
    rows = np.array(list(combinations(range(total), m)), dtype=np.int64)
    member = np.zeros((len(rows), total), dtype=np.bool_)
    np.put_along_axis(member, rows, True, axis=1)
    return member


def _drawn_splits(
    total: int, m: int, resamples: int, seed: int
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    random = np.random.default_rng(seed)
    start = np.tile(np.arange(total) < m, (_check_resamples(resamples), 1))
    drawn = random.permuted(start, axis=1)
    return np.asarray(np.concatenate([start[:1], drawn]))


def _check_resamples(resamples: int) -> int:
    if resamples < 99:
        raise ValueError(f"resamples must be 99 or more, got {resamples}: fewer cannot show 0.01")
    return int(resamples)


def _mean_gaps(
    member: np.ndarray[tuple[int, int], np.dtype[np.bool_]], pooled: Floats, m: int
) -> Floats:
    inside = member @ pooled
    return np.asarray(inside / m - (pooled.sum() - inside) / (len(pooled) - m))


def _swap_gaps(
    member: np.ndarray[tuple[int, int], np.dtype[np.bool_]], x: Floats, y: Floats
) -> Floats:
    """Return for each exchange the shift that makes it indifferent, lowest first."""
    m = len(x)
    left, joined = ~member[:, :m], member[:, m:]
    return np.sort((left @ x - joined @ y) / left.sum(axis=1))


def _typical_interval(limits: Floats, level: float, side: Alternative) -> Interval | None:
    """Return the shifts not rejected, from the sorted shifts at which single patterns tip."""
    if not len(limits):
        return None
    patterns = len(limits) + 1
    reached = math.floor(patterns * tail_level(level, side) + TAIL_TOLERANCE)
    # One pattern, the observed, is always as extreme as itself: at least one limit is left behind.
    behind = max(reached, 1)
    ends = 2 if side == "two-sided" else 1
    achieved = max(0.0, 1 - ends * behind / patterns)
    low = -math.inf if side == "less" else float(limits[behind - 1])
    high = math.inf if side == "greater" else float(limits[-behind])
    return Interval(low, high, level, achieved) if achieved > TAIL_TOLERANCE else None


def _permutation_result(
    values: Floats,
    *,
    n_used: int,
    n_missing: int,
    exact: bool,
    centre: float | None,
    interval: Interval | None,
    words: str,
    side: Alternative,
) -> StatisticResult:
    """Return the result from the statistic of every pattern, the observed one first."""
    if not np.isfinite(values).all():
        raise ValueError(
            f"the statistic is not finite for {int((~np.isfinite(values)).sum())} of {len(values)} "
            "patterns: choose one that is defined for every exchange of patients"
        )
    away = values - (values.mean() if centre is None else centre)
    noise = FLOAT_NOISE * float(np.abs(away).max())
    extreme = {"greater": away, "less": -away, "two-sided": np.abs(away)}[side]
    p = float((extreme >= extreme[0] - noise).mean())
    smallest = float((extreme >= extreme.max() - noise).mean())
    draws = len(values) - 1
    how = "all patterns" if exact else f"{draws:,} seeded draws"
    return StatisticResult(
        estimate=float(values[0]),
        interval=interval,
        p_value=p,
        statistic=float(values[0]),
        n_used=n_used,
        n_missing=n_missing,
        method=f"{words}; {how}",
        alternative=side,
        smallest_p=smallest if exact else 1 / (draws + 1),
        p_error=None if exact else math.sqrt(p * (1 - p) / draws),
        reason="" if interval else "no interval: given for means, with all patterns, where exact",
        note=_describe_level(interval),
    )


def _describe_level(interval: Interval | None) -> str:
    if interval is None or interval.achieved is None:
        return ""
    if interval.achieved >= interval.level - TAIL_TOLERANCE:
        return ""
    return (
        f"{interval.level:.0%} cannot be reached: the widest interval, of {interval.achieved:.2%}"
    )
