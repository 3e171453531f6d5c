"""Counts: 2 x 2 tables, paired answers, proportions and event rates, with matching intervals."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from scipy.special import gammaln
from scipy.stats import chi2, norm

from helpers.stats.exact.exponential_family import (
    ExponentialFamily,
    TwoSided,
    exact_limits,
    exact_p_value,
    smallest_exact_p,
)
from helpers.stats.exact.samples import Floats, Integers
from helpers.stats.result import (
    Alternative,
    Interval,
    StatisticResult,
    check_alternative,
    check_choice,
    check_level,
)

FisherMethod = Literal["minlike", "central", "midp", "blaker"]
BinomialMethod = Literal["clopper-pearson", "wilson", "midp", "blaker"]

TWO_SIDED_RULES: dict[str, str] = {
    "minlike": "two-sided by minimum likelihood",
    "central": "two-sided as twice the smaller tail",
    "midp": "mid-p, two-sided as twice the smaller tail",
    "blaker": "two-sided by Blaker's rule",
}

BINOMIAL_WORDS: dict[str, str] = {
    "clopper-pearson": "exact (Clopper-Pearson) binomial interval",
    "wilson": "Wilson score interval",
    "midp": "mid-p binomial interval",
    "blaker": "exact (Blaker) binomial interval",
}


def fisher_test(
    table: Iterable[Iterable[Any]],
    *,
    method: FisherMethod = "minlike",
    alternative: Alternative = "two-sided",
    level: float = 0.95,
) -> StatisticResult:
    """Test a 2 x 2 table with fixed margins (Fisher), and give the interval that matches the p.

    Parameters
    ----------
    table : 2 x 2 of counts
        Rows are groups, columns outcome yes and no: ``[[a, b], [c, d]]``.
    method : {"minlike", "central", "midp", "blaker"}
        What two-sided means, for the p and for the interval alike.
    alternative : {"two-sided", "less", "greater"}
        "greater" means an odds ratio above 1.
    level : float
        Confidence level.

    Returns
    -------
    StatisticResult
        `estimate` is the conditional maximum likelihood odds ratio (``inf`` when no other table
        with these margins has more in the first cell); `interval` is for the odds ratio.

    Raises
    ------
    ValueError
        When the table is not 2 x 2, or holds anything but whole counts of 0 or more.

    Notes
    -----
    R's `fisher.test` prints the minimum likelihood p with the central interval; so does scipy when
    its `odds_ratio` is asked for an interval. The two can disagree: for 6, 12, 12, 5 the p is 0.044
    and the central interval holds 1. Here both follow `method`, as in exact2x2. "midp" is the
    shortest but may cover a little less than its level. Do not use when the margins are so
    unbalanced that one row is empty: then p is 1 and there is no odds ratio. R finds estimate and
    limits to about four digits only; here they are roots to 1e-12.

    References
    ----------
    Fay MP. Biostatistics 2010;11:373. Blaker H. Can J Stat 2000;28:783.

    Examples
    --------
    >>> result = fisher_test([[6, 12], [12, 5]])
    >>> round(result.p_value, 7), round(result.estimate, 6)
    (0.0437102, 0.218902)
    """
    two_sided = check_choice(method, tuple(TWO_SIDED_RULES), name="method")
    side = check_alternative(alternative)
    cells = _read_table(table)
    family = _noncentral_hypergeometric(cells)
    observed = int(cells[0, 0])
    options = {"method": two_sided, "alternative": side}
    low, high = exact_limits(family, observed, level=check_level(level), **options)  # type: ignore[arg-type]
    free = len(family.support) > 1
    return StatisticResult(
        estimate=_exp(family.maximum_likelihood(observed)) if free else None,
        interval=Interval(_exp(low), _exp(high), level),
        p_value=exact_p_value(family, observed, theta=0.0, **options),  # type: ignore[arg-type]
        statistic=float(observed),
        n_used=int(cells.sum()),
        method=f"Fisher's exact test, {_say_side(two_sided, side)}; "
        "conditional odds ratio with the interval of the same test",
        alternative=side,
        smallest_p=smallest_exact_p(family, theta=0.0, **options),  # type: ignore[arg-type]
        reason="" if free else "a row or column is empty: no odds ratio can be estimated",
    )


def mcnemar_test(
    table: Iterable[Iterable[Any]],
    *,
    method: FisherMethod = "central",
    alternative: Alternative = "two-sided",
    level: float = 0.95,
) -> StatisticResult:
    """Test whether paired yes-no answers changed more one way than the other (exact McNemar).

    Parameters
    ----------
    table : 2 x 2 of counts
        Patients by first answer (rows: yes, no) and second answer (columns: yes, no). Only the
        discordant patients count: ``table[0][1]`` (yes then no) and ``table[1][0]`` (no then yes).
    method : {"minlike", "central", "midp", "blaker"}
        The two-sided rule. The p is the same for all but "midp"; the intervals differ.
    alternative : {"two-sided", "less", "greater"}
        "greater" means that yes-then-no is the commoner change.
    level : float
        Confidence level.

    Returns
    -------
    StatisticResult
        `estimate` is the odds of yes-then-no against no-then-yes; `n_used` all patients; `ties`
        those who did not change.

    Raises
    ------
    ValueError
        As `fisher_test`.

    Notes
    -----
    The discordant pairs are a binomial with probability one half. statsmodels' ``mcnemar(exact=
    True)`` gives the same p, without an interval.

    References
    ----------
    Fay MP. Biostatistics 2010;11:373. Fagerland MW and others. BMC Med Res Methodol 2013;13:91.

    Examples
    --------
    >>> mcnemar_test([[3, 1], [8, 3]]).p_value
    0.0390625
    """
    two_sided = check_choice(method, tuple(TWO_SIDED_RULES), name="method")
    side = check_alternative(alternative)
    cells = _read_table(table)
    lost, gained = int(cells[0, 1]), int(cells[1, 0])
    words = f"exact McNemar test, {_say_side(two_sided, side)}; odds of the two changes"
    concordant = int(np.trace(cells))
    if lost + gained == 0:
        return StatisticResult(
            n_used=concordant,
            ties=concordant,
            method=words,
            alternative=side,
            reason="no patient changed",
        )
    family = _binomial(lost + gained)
    options = {"method": two_sided, "alternative": side}
    low, high = exact_limits(family, lost, level=check_level(level), **options)  # type: ignore[arg-type]
    return StatisticResult(
        estimate=lost / gained if gained else math.inf,
        interval=Interval(_exp(low), _exp(high), level),
        p_value=exact_p_value(family, lost, theta=0.0, **options),  # type: ignore[arg-type]
        statistic=float(lost),
        n_used=int(cells.sum()),
        ties=concordant,
        method=words,
        alternative=side,
        smallest_p=smallest_exact_p(family, theta=0.0, **options),  # type: ignore[arg-type]
    )


def binomial_interval(
    k: int,
    n: int,
    *,
    method: BinomialMethod = "clopper-pearson",
    level: float = 0.95,
    null: float | None = None,
) -> StatisticResult:
    """Give the interval of a proportion, k of n.

    Parameters
    ----------
    k, n : int
        Patients with the outcome, and patients in all.
    method : {"clopper-pearson", "wilson", "midp", "blaker"}
        "clopper-pearson" and "blaker" cover at least `level` whatever the truth, Blaker's lying
        inside; "wilson" and "midp" cover `level` on average and are shorter.
    level : float
        Confidence level.
    null : float, optional
        A proportion to test; the p then follows the same method.

    Returns
    -------
    StatisticResult
        `estimate` is k/n. With n = 0 all is missing. `p_value` is None unless `null` is given.

    Raises
    ------
    ValueError
        When k and n are not whole numbers with 0 <= k <= n, or `null` is not within 0 and 1.

    Notes
    -----
    Mid-p and Blaker limits are found to 1e-12 by root finding between the points where the p jumps.
    DescTools and the published Blaker code step in 1e-5 or 1e-4, so they agree only to that.

    References
    ----------
    Clopper CJ, Pearson ES. Biometrika 1934;26:404. Wilson EB. J Am Stat Assoc 1927;22:209.
    Blaker H. Can J Stat 2000;28:783. Brown LD, Cai TT, DasGupta A. Stat Sci 2001;16:101.

    Examples
    --------
    >>> low, high = binomial_interval(7, 15).interval
    >>> round(low, 6), round(high, 6)
    (0.212667, 0.734139)
    """
    chosen = check_choice(method, tuple(BINOMIAL_WORDS), name="method")
    events, total = _read_count(k, "k"), _read_count(n, "n")
    check_level(level)
    if events > total:
        raise ValueError(f"k must not exceed n, got k = {events} of n = {total}: are they swapped?")
    if null is not None and not 0 <= null <= 1:
        raise ValueError(f"null must be a proportion between 0 and 1, got {null}: divide by 100?")
    words = BINOMIAL_WORDS[chosen]
    if total == 0:
        return StatisticResult(method=words, reason="no patients")
    low, high = _binomial_limits(events, total, chosen, level)
    return StatisticResult(
        estimate=events / total,
        interval=Interval(low, high, level),
        p_value=None if null is None else _binomial_p(events, total, chosen, null),
        statistic=float(events),
        n_used=total,
        method=words,
        reason="no null proportion given, so no p" if null is None else "",
    )


def poisson_rate_interval(
    events: int,
    exposure: float,
    *,
    per: float = 100,
    level: float = 0.95,
    null: float | None = None,
) -> StatisticResult:
    """Give the exact interval of an event rate, such as events in 100 patient-years.

    Parameters
    ----------
    events : int
        Events counted.
    exposure : float
        Time at risk of all patients together, for instance in years.
    per : float
        The exposure the rate is stated for.
    level : float
        Confidence level.
    null : float, optional
        A rate (per `per`) to test, as twice the smaller tail.

    Returns
    -------
    StatisticResult
        `estimate` and `interval` in events for each `per` units of exposure.

    Raises
    ------
    ValueError
        For negative or fractional events, negative or non-finite exposure, or `per` not above 0.

    Notes
    -----
    Garwood's limits: halves of chi-square quantiles with 2k and 2k + 2 degrees of freedom. They
    treat events as independent. When one patient has many of them, the interval is too short:
    count patients with an event (`binomial_interval`) beside it.

    References
    ----------
    Garwood F. Biometrika 1936;28:437.

    Examples
    --------
    >>> result = poisson_rate_interval(3, 12.5)
    >>> result.estimate, [round(limit, 3) for limit in result.interval]
    (24.0, [4.949, 70.138])
    """
    count = _read_count(events, "events")
    check_level(level)
    if not (math.isfinite(exposure) and exposure >= 0 and math.isfinite(per) and per > 0):
        raise ValueError(
            f"exposure must be finite and 0 or more, and per above 0; got {exposure} and {per}"
        )
    words = f"events per {per:g} units of exposure, exact Poisson (Garwood) interval"
    if exposure == 0:
        return StatisticResult(method=words, reason="no exposure")
    tail = (1 - level) / 2
    low = float(chi2.ppf(tail, 2 * count)) / 2 if count else 0.0
    high = float(chi2.isf(tail, 2 * count + 2)) / 2
    unit = per / exposure
    return StatisticResult(
        estimate=count * unit,
        interval=Interval(low * unit, high * unit, level),
        p_value=None if null is None else _poisson_p(count, null / unit),
        statistic=float(count),
        n_used=count,
        method=words,
        reason="no null rate given, so no p" if null is None else "",
    )


def _read_table(table: Iterable[Iterable[Any]]) -> Integers:
    cells = np.asarray(table if hasattr(table, "__array__") else [list(row) for row in table])
    if cells.shape != (2, 2):
        raise ValueError(
            f"expected a 2 x 2 table of counts, got shape {cells.shape}: "
            "count patients by group (rows) and yes or no (columns) first"
        )
    counts = [_read_count(cell, "every cell") for cell in cells.ravel().tolist()]
    return np.asarray(counts, dtype=np.int64).reshape(2, 2)


def _read_count(value: object, name: str) -> int:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number >= 0 and number == int(number)):
        raise ValueError(
            f"{name} must be a whole count of 0 or more, got {value!r}: "
            "pass patients counted, not a percentage or a rate"
        )
    return int(number)


def _log_binomial(n: int, k: Integers) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _noncentral_hypergeometric(cells: Integers) -> ExponentialFamily:
    first, second = (int(total) for total in cells.sum(axis=1))
    yes = int(cells[:, 0].sum())
    support = np.arange(max(0, yes - second), min(first, yes) + 1, dtype=np.int64)
    return ExponentialFamily(
        support, _log_binomial(first, support) + _log_binomial(second, yes - support)
    )


def _binomial(n: int) -> ExponentialFamily:
    support = np.arange(n + 1, dtype=np.int64)
    return ExponentialFamily(support, _log_binomial(n, support))


def _binomial_limits(k: int, n: int, method: str, level: float) -> tuple[float, float]:
    if method == "wilson":
        return _wilson(k, n, level)
    rule: TwoSided = "central" if method == "clopper-pearson" else method  # type: ignore[assignment]
    low, high = exact_limits(_binomial(n), k, method=rule, level=level, alternative="two-sided")
    return _expit(low), _expit(high)


def _wilson(k: int, n: int, level: float) -> tuple[float, float]:
    z = float(norm.isf((1 - level) / 2))
    centre = (k + z**2 / 2) / (n + z**2)
    half = z * math.sqrt(k * (n - k) / n + z**2 / 4) / (n + z**2)
    # At k = 0 and k = n the score limit is the end itself; float noise would cross it.
    return (0.0 if k == 0 else centre - half), (1.0 if k == n else centre + half)


def _binomial_p(k: int, n: int, method: str, null: float) -> float:
    if method == "wilson":
        spread = math.sqrt(n * null * (1 - null))
        if spread == 0:
            return float(k == n * null)
        return min(1.0, 2 * float(norm.sf(abs(k - n * null) / spread)))
    rule: TwoSided = "central" if method == "clopper-pearson" else method  # type: ignore[assignment]
    theta = math.inf if null == 1 else -math.inf if null == 0 else math.log(null / (1 - null))
    return exact_p_value(_binomial(n), k, theta=theta, method=rule, alternative="two-sided")


def _poisson_p(events: int, mean: float) -> float:
    if mean <= 0:
        return float(events == 0)
    upper = float(chi2.cdf(2 * mean, 2 * events)) if events else 1.0
    lower = float(chi2.sf(2 * mean, 2 * events + 2))
    return min(1.0, 2 * min(lower, upper))


def _say_side(method: str, side: Alternative) -> str:
    if side == "two-sided":
        return TWO_SIDED_RULES[method]
    return f"one-sided ({side})" + (", mid-p" if method == "midp" else "")


def _exp(theta: float) -> float:
    return math.inf if theta == math.inf else math.exp(theta)


def _expit(theta: float) -> float:
    return 1 / (1 + math.exp(-theta)) if theta > -math.inf else 0.0
