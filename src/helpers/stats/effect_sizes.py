"""Effect sizes that keep their sign, each with an interval and a word on when not to trust it."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln, nctdtr
from scipy.stats import norm
from scipy.stats import t as student_t

from helpers.stats.exact.rank_distributions import rank_sum_distribution, signed_rank_distribution
from helpers.stats.exact.samples import (
    Floats,
    Values,
    count_tied,
    doubled_midranks,
    grid_codes,
    read_sample,
)
from helpers.stats.result import (
    Interval,
    StatisticResult,
    check_choice,
    check_level,
)
from helpers.stats.topics.discrimination import score_interval


def cliff_delta(x: Values, y: Values, *, level: float = 0.95) -> StatisticResult:
    """Say how often x exceeds y less how often y exceeds x (Cliff's delta, -1 to 1).

    Parameters
    ----------
    x, y : iterable of numbers
        Two independent groups; missing values are dropped and counted.
    level : float
        Confidence level.

    Returns
    -------
    StatisticResult
        `estimate` is delta = P(X > Y) - P(X < Y), which is the rank-biserial correlation
        2W / (mn) - 1; `p_value` the exact two-sided rank-sum p.

    Raises
    ------
    ValueError
        For text, infinite values or more than one row of numbers.

    Notes
    -----
    Interval by Cliff's asymmetric formula from the unbiased variance. When the groups do not
    overlap that variance is 0 and says nothing; the score interval of `auc` is used instead and
    the method says so. With fewer than about 10 in a group it covers somewhat less than stated.

    References
    ----------
    Cliff N. Psychol Bull 1993;114:494. Feng D, Cliff N. J Mod Appl Stat Methods 2004;3:322.

    Examples
    --------
    >>> cliff_delta([1, 2, 2, 4], [3, 5, 6, 6, 7]).estimate
    -0.9
    """
    return _dominance(x, y, level=level, name="Cliff's delta")


def rank_biserial(x: Values, y: Values, *, level: float = 0.95) -> StatisticResult:
    """Give the rank-biserial correlation of two groups: Cliff's delta by its other name.

    Parameters
    ----------
    x, y : iterable of numbers
        Two independent groups; missing values are dropped and counted.
    level : float
        Confidence level.

    Returns
    -------
    StatisticResult
        As `cliff_delta`; positive when x tends to be larger.

    Notes
    -----
    2W / (mn) - 1, with W the pairs in which x is larger. pingouin 0.7's ``mwu`` gives the same
    value without an interval.

    References
    ----------
    Kerby DS. Compr Psychol 2014;3:1.

    Examples
    --------
    >>> rank_biserial([5, 6, 9], [1, 2, 7]).estimate
    0.5555555555555556
    """
    return _dominance(x, y, level=level, name="rank-biserial correlation, two groups")


def rank_biserial_paired(
    differences: Values, *, zeros: Literal["drop", "pratt"] = "drop", level: float = 0.95
) -> StatisticResult:
    """Give the matched-pairs rank-biserial correlation (W+ - W-) / (W+ + W-).

    Parameters
    ----------
    differences : iterable of numbers
        One difference for each patient; missing ones are dropped and counted.
    zeros : {"drop", "pratt"}
        As in `signed_rank_test`.
    level : float
        Confidence level.

    Returns
    -------
    StatisticResult
        `estimate` from -1 (all fell) to 1 (all rose); `p_value` the exact signed-rank p.

    Raises
    ------
    ValueError
        For text, infinite values or more than one row of numbers.

    Notes
    -----
    Interval: Fisher's z with the null standard error of W, as R's effectsize has it; approximate.
    When every difference has one sign, z is infinite. Then the far limit is the bound that follows
    from the exact binomial limit for the share of positive differences: safe, and wide.

    References
    ----------
    Kerby DS. Compr Psychol 2014;3:1.

    Examples
    --------
    >>> d = [0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01]
    >>> round(rank_biserial_paired(d).estimate, 7)
    0.7777778
    """
    rule = check_choice(zeros, ("drop", "pratt"), name="zeros")
    check_level(level)
    sample = read_sample(differences, name="differences")
    codes = grid_codes(sample.values)
    n_zero = int((codes == 0).sum())
    if rule == "drop":
        codes = codes[codes != 0]
    words = f"matched-pairs rank-biserial correlation ({rule} zeros)"
    if not codes.any():
        reason = "all differences are zero" if n_zero else "no differences"
        return StatisticResult(
            n_missing=sample.n_missing, zeros=n_zero, method=words, reason=reason
        )
    ranks = doubled_midranks(np.abs(codes))
    up, down = int(ranks[codes > 0].sum()), int(ranks[codes < 0].sum())
    value = (up - down) / (up + down)
    null = signed_rank_distribution(ranks[codes != 0])
    complete = abs(value) == 1
    interval = (
        _one_signed_interval(value, len(codes), level)
        if complete
        else _fisher_interval(value, len(codes), level)
    )
    how = "safe bound from the exact binomial limit" if complete else "approximate (Fisher z)"
    return StatisticResult(
        estimate=value,
        interval=interval,
        p_value=null.p_value(up, "two-sided"),
        statistic=up / 2,
        n_used=len(codes),
        n_missing=sample.n_missing,
        ties=count_tied(np.abs(codes[codes != 0])),
        zeros=n_zero,
        method=f"{words}, interval: {how}; p of the exact signed-rank test",
        smallest_p=null.smallest_p("two-sided"),
    )


def hedges_g(x: Values, y: Values, *, level: float = 0.95) -> StatisticResult:
    """Give the standardised mean difference of two groups, corrected for small samples (Hedges g).

    Parameters
    ----------
    x, y : iterable of numbers
        Two independent groups; missing values are dropped and counted.
    level : float
        Confidence level.

    Returns
    -------
    StatisticResult
        `estimate` is positive when x has the larger mean; `p_value` Student's t test.

    Raises
    ------
    ValueError
        For text, infinite values or more than one row of numbers.

    Notes
    -----
    g = J (mean x - mean y) / pooled SD, with the exact J = Gamma(df/2) / (sqrt(df/2)
    Gamma((df-1)/2)). The interval comes from the noncentral t and is exact for normal data with
    equal spread; do not trust it for bounded scores with many at the limit. pingouin's effect
    size drops the sign in ``ttest`` and uses a rounded J (1 - 3 / (4n - 9)).

    References
    ----------
    Hedges LV. J Educ Stat 1981;6:107. Steiger JH. Psychol Methods 2004;9:164.

    Examples
    --------
    >>> round(hedges_g([5, 6, 8, 9], [1, 2, 4, 7]).estimate, 4)
    1.3375
    """
    check_level(level)
    first, second = read_sample(x, name="x"), read_sample(y, name="y")
    m, n = len(first.values), len(second.values)
    words = "Hedges g of two groups, interval from the noncentral t; p of Student's t test"
    n_missing = first.n_missing + second.n_missing
    if m + n < 4 or m == 0 or n == 0:
        return _no_effect(m + n, n_missing, words, "needs values in both groups, four in all")
    df = m + n - 2
    squares = ((first.values - first.values.mean()) ** 2).sum()
    squares += ((second.values - second.values.mean()) ** 2).sum()
    spread = math.sqrt(squares / df)
    gap = float(first.values.mean() - second.values.mean())
    scale = math.sqrt(1 / m + 1 / n)
    return _standardised(gap, spread, scale, df, (m + n, n_missing), words, level)


def hedges_g_paired(differences: Values, *, level: float = 0.95) -> StatisticResult:
    """Give the mean paired difference in units of its own SD, corrected for small samples.

    Parameters
    ----------
    differences : iterable of numbers
        One difference for each patient; missing ones are dropped and counted.
    level : float
        Confidence level.

    Returns
    -------
    StatisticResult
        `estimate` is J mean / SD of the differences (sometimes called g_z), with its sign;
        `p_value` the paired t test.

    Raises
    ------
    ValueError
        For text, infinite values or more than one row of numbers.

    Notes
    -----
    The SD is that of the change, not of the patients, so the value is not comparable with
    `hedges_g` of two groups. Exact for normal differences.

    References
    ----------
    Hedges LV. J Educ Stat 1981;6:107.

    Examples
    --------
    >>> round(hedges_g_paired([1, 2, 3]).estimate, 4)
    1.1284
    """
    check_level(level)
    sample = read_sample(differences, name="differences")
    n = len(sample.values)
    words = "Hedges g of paired differences, interval from the noncentral t; p of the paired t test"
    if n < 3:
        return _no_effect(n, sample.n_missing, words, f"needs three differences, got {n}")
    mean, spread = float(sample.values.mean()), float(sample.values.std(ddof=1))
    counts = (n, sample.n_missing)
    return _standardised(mean, spread, 1 / math.sqrt(n), n - 1, counts, words, level)


def _dominance(x: Values, y: Values, *, level: float, name: str) -> StatisticResult:
    check_level(level)
    first, second = read_sample(x, name="x"), read_sample(y, name="y")
    m, n = len(first.values), len(second.values)
    n_missing = first.n_missing + second.n_missing
    if m == 0 or n == 0:
        return _no_effect(m + n, n_missing, name, f"no values in {'x' if m == 0 else 'y'}")
    codes = grid_codes(np.concatenate([first.values, second.values]))
    signs = np.sign(np.subtract.outer(codes[:m], codes[m:])).astype(float)
    delta = float(signs.mean())
    interval, how = _cliff_interval(signs, level)
    ranks = doubled_midranks(codes)
    null = rank_sum_distribution(ranks, m)
    return StatisticResult(
        estimate=delta,
        interval=interval,
        p_value=null.p_value(int(ranks[:m].sum()), "two-sided"),
        statistic=(delta + 1) / 2 * m * n,
        n_used=m + n,
        n_missing=n_missing,
        ties=count_tied(codes),
        method=f"{name}, interval: {how}; p of the exact rank-sum test",
        smallest_p=null.smallest_p("two-sided"),
    )


def _cliff_interval(signs: Floats, level: float) -> tuple[Interval, str]:
    m, n = signs.shape
    delta = float(signs.mean())
    if abs(delta) == 1 or m < 2 or n < 2:
        low, high = score_interval((delta + 1) / 2, m, n, level)
        return Interval(2 * low - 1, 2 * high - 1, level), "score (Newcombe)"
    rows = ((signs.mean(axis=1) - delta) ** 2).sum()
    columns = ((signs.mean(axis=0) - delta) ** 2).sum()
    cells = ((signs - delta) ** 2).sum()
    variance = (n**2 * rows + m**2 * columns - cells) / (m * n * (m - 1) * (n - 1))
    variance = max(float(variance), (1 - delta**2) / (m * n - 1))
    z = float(norm.isf((1 - level) / 2))
    inner = math.sqrt((1 - delta**2) ** 2 + z**2 * variance)
    half = z * math.sqrt(variance) * inner
    base = 1 - delta**2 + z**2 * variance
    low, high = ((delta - delta**3 + side * half) / base for side in (-1, 1))
    return Interval(max(low, -1.0), min(high, 1.0), level), "Cliff's asymmetric formula"


def _fisher_interval(value: float, n: int, level: float) -> Interval:
    error = math.sqrt((2 * n**3 + 3 * n**2 + n) / 6) / (n * (n + 1) / 2)
    half = float(norm.isf((1 - level) / 2)) * error
    centre = math.atanh(value)
    return Interval(math.tanh(centre - half), math.tanh(centre + half), level)


def _one_signed_interval(value: float, n: int, level: float) -> Interval:
    share = ((1 - level) / 2) ** (1 / n)
    # Two positive differences have a positive average: its share is at least share squared.
    alone, paired = 2 * share - 1, 2 * share**2 - 1
    bound = (n * alone + n * (n - 1) / 2 * paired) / (n * (n + 1) / 2)
    return Interval(bound, 1.0, level) if value > 0 else Interval(-1.0, -bound, level)


def _standardised(
    gap: float,
    spread: float,
    scale: float,
    df: int,
    counts: tuple[int, int],
    words: str,
    level: float,
) -> StatisticResult:
    if spread <= 1e-12 * max(1.0, abs(gap)):
        return _no_effect(*counts, words, "the values do not vary, so there is no unit")
    correction = _small_sample_factor(df)
    t = gap / spread / scale
    low, high = (_noncentrality(t, df, p) for p in ((1 + level) / 2, (1 - level) / 2))
    return StatisticResult(
        estimate=correction * gap / spread,
        interval=Interval(correction * low * scale, correction * high * scale, level),
        p_value=2 * float(student_t.sf(abs(t), df)),
        statistic=t,
        n_used=counts[0],
        n_missing=counts[1],
        method=words,
    )


def _small_sample_factor(df: int) -> float:
    return math.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / math.sqrt(df / 2)


def _noncentrality(t: float, df: int, probability: float) -> float:
    """Return the noncentrality at which a t this large or smaller has this probability."""

    def excess(noncentrality: float) -> float:
        return float(nctdtr(df, noncentrality, t)) - probability

    # Far out the noncentral t underflows, so the bracket grows only as far as it must.
    direction, step = (-1, 1.0) if probability > 0.5 else (1, 1.0)
    while direction * excess(t + direction * step) > 0:
        step *= 1.5
    return float(brentq(excess, t, t + direction * step, xtol=1e-12))


def _no_effect(n: int, n_missing: int, words: str, reason: str) -> StatisticResult:
    return StatisticResult(n_used=n, n_missing=n_missing, method=words, reason=reason)
