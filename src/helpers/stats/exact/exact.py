"""Exact rank tests for samples as small and as tied as ours, and the door to the other exact tests.

Clinical scores tie, and some patients do not change at all. The usual routines then turn to normal
approximations without saying so. For the changes 0, 3, 5, -2, 0, 8, 4, 4, -1, 6, 2, 0, 10, -3, 7
the exact p is 0.0122 with zeros dropped and 0.0210 with Pratt's; scipy 1.17's default says 0.0149
and 0.0222, its ``method="exact"`` 0.0353 for Pratt's, and pingouin 0.7 says 0.0166. Everything here
is the exact conditional distribution given the ties, at any n a trial like ours can reach.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from helpers.stats.agreement import (
    bland_altman,
    cohen_kappa,
    intraclass_correlation,
)
from helpers.stats.association import kendall_test, spearman_test
from helpers.stats.effect_sizes import (
    cliff_delta,
    hedges_g,
    hedges_g_paired,
    rank_biserial,
    rank_biserial_paired,
)
from helpers.stats.exact.permutation import permutation_test, sign_flip_test
from helpers.stats.exact.proportions import (
    binomial_interval,
    fisher_test,
    mcnemar_test,
    poisson_rate_interval,
)
from helpers.stats.exact.rank_distributions import rank_sum_distribution, signed_rank_distribution
from helpers.stats.exact.samples import (
    Floats,
    Integers,
    Values,
    count_tied,
    doubled_midranks,
    grid_codes,
    read_sample,
)
from helpers.stats.exact.shift_intervals import (
    one_sample_interval,
    two_sample_interval,
    walsh_averages,
)
from helpers.stats.multiplicity import benjamini_hochberg, holm
from helpers.stats.result import (
    TAIL_TOLERANCE,
    Alternative,
    Interval,
    StatisticResult,
    check_alternative,
    check_choice,
    check_level,
    describe_alternative,
)
from helpers.stats.topics.discrimination import auc
from helpers.stats.topics.robustness import leave_one_out

__all__ = [
    "Interval",
    "StatisticResult",
    "auc",
    "benjamini_hochberg",
    "binomial_interval",
    "bland_altman",
    "change_test",
    "cliff_delta",
    "cohen_kappa",
    "fisher_test",
    "hedges_g",
    "hedges_g_paired",
    "hodges_lehmann",
    "hodges_lehmann_shift",
    "holm",
    "intraclass_correlation",
    "kendall_test",
    "leave_one_out",
    "mcnemar_test",
    "permutation_test",
    "poisson_rate_interval",
    "rank_biserial",
    "rank_biserial_paired",
    "rank_sum_test",
    "sign_flip_test",
    "signed_rank_test",
    "spearman_test",
]

Zeros = Literal["drop", "pratt"]

ZERO_RULES = {
    "drop": "zeros dropped",
    "pratt": "zeros ranked, then left out (Pratt)",
}


@dataclass(frozen=True, slots=True)
class _SignedRanks:
    """What the signed-rank test rests on once the zero rule has been applied."""

    values: Floats
    codes: Integers
    ranks: Integers
    positive: int
    zeros: int


def signed_rank_test(
    differences: Values,
    *,
    zeros: Zeros = "drop",
    alternative: Alternative = "two-sided",
    level: float = 0.95,
) -> StatisticResult:
    """Test whether paired differences are symmetric about zero (Wilcoxon signed-rank, exact).

    Parameters
    ----------
    differences : iterable of numbers
        One difference for each patient; missing ones are dropped and counted.
    zeros : {"drop", "pratt"}
        "drop" leaves patients without change out before ranking (Wilcoxon; R's `wilcox.exact`).
        "pratt" ranks them with the others, then leaves out their ranks (coin, asht). Choose before
        looking: the two give different p.
    alternative : {"two-sided", "less", "greater"}
        "greater" means that differences tend to be positive.
    level : float
        Confidence level of the interval.

    Returns
    -------
    StatisticResult
        `statistic` is V, the sum of the ranks of the positive differences; `estimate` the
        Hodges-Lehmann centre of the differences used (with "drop": of the non-zero ones, as R
        does; see `hodges_lehmann` for all of them); `interval` its exact interval.

    Raises
    ------
    ValueError
        For text, infinite values, more than one row of numbers, or more than 500 differences.

    Notes
    -----
    Given the sizes, every sign is a fair coin under the null. The two-sided p is the probability
    of a V at least as far from its mean as the one seen; the null is symmetric, so doubling one
    tail says the same. Do not trust it when the differences are clearly skewed: it is a test of
    symmetry about zero, and the sign test asks less.

    scipy 1.17's ``wilcoxon`` is right without ties and zeros. With them its "auto" is exact to
    n = 13 only, and ``method="exact"`` looks up the untied table, which is not exact.

    References
    ----------
    Pratt JW. J Am Stat Assoc 1959;54:655. Streitberg B, Roehmel J. Stat Softw Newsl 1986;12:10.
    Hollander M, Wolfe DA. Nonparametric Statistical Methods, 2nd ed., 1999, ch. 3.

    Examples
    --------
    >>> result = signed_rank_test([6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75])
    >>> result.statistic, result.p_value, tuple(result.interval)
    (96.0, 0.041259765625, (4.0, 41.5))
    """
    rule = check_choice(zeros, tuple(ZERO_RULES), name="zeros")
    side = check_alternative(alternative)
    check_level(level)
    sample = read_sample(differences, name="differences")
    signed = _rank_signed(sample.values, drop=rule == "drop")
    method = f"exact Wilcoxon signed-rank test, {ZERO_RULES[rule]}, {describe_alternative(side)}"
    which = "non-zero differences" if rule == "drop" and signed.zeros else "differences"
    return _signed_rank_result(
        signed,
        n_missing=sample.n_missing,
        side=side,
        level=level,
        method=f"{method}; Hodges-Lehmann estimate of the {which}, interval by exact inversion",
    )


def hodges_lehmann(
    differences: Values, *, alternative: Alternative = "two-sided", level: float = 0.95
) -> StatisticResult:
    """Estimate the typical paired difference: the median of all Walsh averages, zeros included.

    Parameters
    ----------
    differences : iterable of numbers
        One difference for each patient; missing ones are dropped and counted.
    alternative : {"two-sided", "less", "greater"}
        A one-sided interval is open at the other side: "greater" gives (low, inf).
    level : float
        Confidence level.

    Returns
    -------
    StatisticResult
        `estimate` in the unit of the differences, its exact interval, and the exact signed-rank p
        (Pratt's, as the zeros stay in).

    Raises
    ------
    ValueError
        As `signed_rank_test`.

    Notes
    -----
    A patient without change is an observation, so zeros stay in here. R's `wilcox.test` and
    `wilcox.exact` leave them out, which moves the estimate away from zero: to get their numbers
    pass the non-zero differences, or read them from ``signed_rank_test(..., zeros="drop")``.
    With ties the estimate is still the plain median of the Walsh averages; exactRankTests can
    differ from it by half a step.

    References
    ----------
    Hodges JL, Lehmann EL. Ann Math Stat 1963;34:598.

    Examples
    --------
    >>> d = [0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01]
    >>> result = hodges_lehmann(d)
    >>> round(result.estimate, 3), tuple(round(limit, 3) for limit in result.interval)
    (0.46, (0.01, 0.786))
    """
    side = check_alternative(alternative)
    check_level(level)
    sample = read_sample(differences, name="differences")
    return _signed_rank_result(
        _rank_signed(sample.values, drop=False),
        n_missing=sample.n_missing,
        side=side,
        level=level,
        method="Hodges-Lehmann estimate (median of the Walsh averages, zeros kept), interval by "
        f"inverting the exact signed-rank test; p {describe_alternative(side)}, Pratt's zeros",
    )


def change_test(differences: Values, *, level: float = 0.95) -> StatisticResult:
    """Test and estimate a paired change with p and interval of one test, zeros in both.

    Parameters
    ----------
    differences : iterable of numbers
        One difference for each patient; missing ones are dropped and counted.
    level : float
        Confidence level.

    Returns
    -------
    StatisticResult
        `estimate` and `interval` as `hodges_lehmann` gives them; `p_value` two-sided, the smallest
        1 - level whose interval leaves 0 out. Where all differences are zero there is no p.

    Raises
    ------
    ValueError
        As `signed_rank_test`.

    Notes
    -----
    The interval rejects a shift just above 0, where a patient without change counts as a fall, and
    one just below, where it counts as a rise. The p is twice the smaller of these two tails, so a
    patient without change counts against the change. Dropped or ranked apart (Pratt), zeros can
    give p = 0.031 beside an interval that begins at 0; here p and interval cannot disagree. It is
    never smaller than the chance it names. Without zeros and without equal changes in opposite
    directions it is the p of `signed_rank_test`.

    References
    ----------
    Hodges JL, Lehmann EL. Ann Math Stat 1963;34:598. Fay MP. Biostatistics 2010;11:373.

    Examples
    --------
    >>> result = change_test([1, 2, 3, 4, 5, 6, 0, 0, 0])
    >>> round(result.p_value, 6), tuple(result.interval)
    (0.054688, (0.0, 4.5))
    """
    centre = hodges_lehmann(differences, level=level)
    codes = grid_codes(read_sample(differences, name="differences").values)
    changed = bool((codes != 0).any())
    tails = [_tail_beyond_zero(side * codes) for side in (1, -1)] if changed else []
    return replace(
        centre,
        p_value=min(1.0, 2 * min(p for p, _ in tails)) if changed else None,
        smallest_p=min(1.0, 2 * min(least for _, least in tails)) if changed else None,
        zeros=int((codes == 0).sum()),
        method="exact Wilcoxon signed-rank test, no change counted against a change; "
        "Hodges-Lehmann estimate of all pairs, interval by inverting the same test",
        reason=centre.reason or ("" if changed else "all differences are zero"),
    )


def _tail_beyond_zero(codes: Integers) -> tuple[float, float]:
    """Give the one-sided p of a shift just above zero, and the least that it could be."""
    shifted = 4 * codes - 1
    ranks = doubled_midranks(np.abs(shifted))
    null = signed_rank_distribution(ranks)
    observed = int(ranks[shifted > 0].sum())
    return null.p_value(observed, "greater"), null.smallest_p("greater")


def rank_sum_test(
    x: Values, y: Values, *, alternative: Alternative = "two-sided", level: float = 0.95
) -> StatisticResult:
    """Test whether two independent groups differ (Wilcoxon-Mann-Whitney rank-sum, exact).

    Parameters
    ----------
    x, y : iterable of numbers
        The two groups; missing values are dropped and counted. Values below a detection limit
        belong in as ties at the lowest rank.
    alternative : {"two-sided", "less", "greater"}
        "greater" means that x tends to be larger than y.
    level : float
        Confidence level of the interval.

    Returns
    -------
    StatisticResult
        `statistic` is W, the number of pairs in which x is larger (ties count one half);
        `estimate` the Hodges-Lehmann shift of x against y; `n_used` both groups together.

    Raises
    ------
    ValueError
        For text, infinite values, more than one row of numbers, or more than 300 observations.

    Notes
    -----
    Given the ties, every split of the pooled ranks is equally likely under the null. The two-sided
    p is the probability of a W at least as far from its mean as the one seen (exactRankTests,
    coin). With ties the null is not symmetric, so doubling the smaller tail gives another p.
    scipy's ``mannwhitneyu(method="exact")`` ignores ties and is not exact with them; its "auto"
    and pingouin's ``mwu`` then use the normal approximation.

    The interval assumes that the groups differ by a shift only. When their spread differs too,
    quote `cliff_delta` or `auc` instead.

    References
    ----------
    Mann HB, Whitney DR. Ann Math Stat 1947;18:50. Hollander M, Wolfe DA, 1999, ch. 4.

    Examples
    --------
    >>> result = rank_sum_test([1, 2, 2, 4], [3, 5, 6, 6, 7])
    >>> result.statistic, round(result.p_value, 6), result.estimate
    (1.0, 0.031746, -3.5)
    """
    side = check_alternative(alternative)
    return _rank_sum_result(
        x,
        y,
        side=side,
        level=check_level(level),
        method=f"exact Wilcoxon-Mann-Whitney rank-sum test, {describe_alternative(side)}; "
        "Hodges-Lehmann shift, interval by exact inversion",
    )


def hodges_lehmann_shift(
    x: Values, y: Values, *, alternative: Alternative = "two-sided", level: float = 0.95
) -> StatisticResult:
    """Estimate the shift between two groups: the median of all differences x - y.

    Parameters
    ----------
    x, y : iterable of numbers
        The two groups; missing values are dropped and counted.
    alternative : {"two-sided", "less", "greater"}
        A one-sided interval is open at the other side: "greater" gives (low, inf).
    level : float
        Confidence level.

    Returns
    -------
    StatisticResult
        `estimate` in the unit of the data (positive when x is larger), its exact interval, and
        the exact rank-sum p.

    Raises
    ------
    ValueError
        As `rank_sum_test`.

    References
    ----------
    Hodges JL, Lehmann EL. Ann Math Stat 1963;34:598.

    Examples
    --------
    >>> hodges_lehmann_shift([5, 6, 8, 9], [1, 2, 4.5, 7]).estimate
    3.75
    """
    side = check_alternative(alternative)
    return _rank_sum_result(
        x,
        y,
        side=side,
        level=check_level(level),
        method="Hodges-Lehmann shift (median of all differences x - y), interval by inverting the "
        f"exact rank-sum test; p {describe_alternative(side)}",
    )


def _rank_signed(values: Floats, *, drop: bool) -> _SignedRanks:
    codes = grid_codes(values)
    zero = codes == 0
    if drop:
        values, codes = values[~zero], codes[~zero]
    ranks = doubled_midranks(np.abs(codes))
    return _SignedRanks(
        values=values,
        codes=codes,
        ranks=ranks[codes != 0],
        positive=int(ranks[codes > 0].sum()),
        zeros=int(zero.sum()),
    )


def _signed_rank_result(
    signed: _SignedRanks, *, n_missing: int, side: Alternative, level: float, method: str
) -> StatisticResult:
    n = len(signed.values)
    if n == 0:
        return StatisticResult(
            n_missing=n_missing,
            zeros=signed.zeros,
            method=method,
            alternative=side,
            reason="all differences are zero" if signed.zeros else "no differences",
        )
    null = signed_rank_distribution(signed.ranks)
    interval = one_sample_interval(signed.values, signed.codes, level=level, alternative=side)
    return StatisticResult(
        estimate=float(np.median(walsh_averages(signed.values))),
        interval=_keep_interval(interval),
        p_value=null.p_value(signed.positive, side),
        statistic=signed.positive / 2,
        n_used=n,
        n_missing=n_missing,
        ties=count_tied(np.abs(signed.codes[signed.codes != 0])),
        zeros=signed.zeros,
        method=method,
        alternative=side,
        smallest_p=null.smallest_p(side),
        note=_describe_shortfall(interval, n, is_constant=bool(np.ptp(signed.codes) == 0)),
    )


def _rank_sum_result(
    x: Values, y: Values, *, side: Alternative, level: float, method: str
) -> StatisticResult:
    first, second = read_sample(x, name="x"), read_sample(y, name="y")
    m, n = len(first.values), len(second.values)
    n_missing = first.n_missing + second.n_missing
    if m == 0 or n == 0:
        return StatisticResult(
            n_used=m + n,
            n_missing=n_missing,
            method=method,
            alternative=side,
            reason=f"no values in {'x' if m == 0 else 'y'}",
        )
    pooled = grid_codes(np.concatenate([first.values, second.values]))
    ranks = doubled_midranks(pooled)
    null = rank_sum_distribution(ranks, m)
    observed = int(ranks[:m].sum())
    interval = two_sample_interval(
        first.values, second.values, (pooled[:m], pooled[m:]), level=level, alternative=side
    )
    return StatisticResult(
        estimate=float(np.median(np.subtract.outer(first.values, second.values))),
        interval=_keep_interval(interval),
        p_value=null.p_value(observed, side),
        statistic=(observed - m * (m + 1)) / 2,
        n_used=m + n,
        n_missing=n_missing,
        ties=count_tied(pooled),
        method=method,
        alternative=side,
        smallest_p=null.smallest_p(side),
        note=_describe_shortfall(
            interval, m + n, is_constant=not np.ptp(pooled[:m]) and not np.ptp(pooled[m:])
        ),
    )


def _keep_interval(interval: Interval) -> Interval | None:
    """Return the interval, or None where its exact coverage is nil."""
    return interval if interval.achieved and interval.achieved > TAIL_TOLERANCE else None


def _describe_shortfall(interval: Interval, n: int, *, is_constant: bool) -> str:
    achieved = interval.achieved or 0.0
    if achieved > TAIL_TOLERANCE and interval.low == interval.high:
        if is_constant:
            return "all values are equal, so the interval has no width"
        return (
            "so many values are equal that the test rejects every other one: the interval has no "
            f"width, and covers {achieved:.2%}"
        )
    if achieved >= interval.level - TAIL_TOLERANCE:
        return ""
    if achieved <= TAIL_TOLERANCE:
        return f"no interval has any exact coverage with n = {n}"
    return (
        f"{interval.level:.0%} cannot be reached with n = {n}: "
        f"the widest interval, of {achieved:.2%}, is given"
    )
