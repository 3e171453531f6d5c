"""How well a marker separates two groups: the area under the ROC curve."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from helpers.stats.exact.rank_distributions import rank_sum_distribution
from helpers.stats.exact.samples import (
    Floats,
    Values,
    count_tied,
    doubled_midranks,
    grid_codes,
    read_sample,
)
from helpers.stats.result import Interval, StatisticResult, check_choice, check_level

AucMethod = Literal["delong", "logit", "score"]

AUC_WORDS = {
    "delong": "DeLong",
    "logit": "DeLong on the logit scale",
    "score": "score (Newcombe)",
}


def auc(
    positive: Values, negative: Values, *, method: AucMethod = "delong", level: float = 0.95
) -> StatisticResult:
    """Give the chance that a patient with the outcome has the higher value (AUC).

    Parameters
    ----------
    positive, negative : iterable of numbers
        Values of the patients with and without the outcome; missing ones are dropped and counted.
    method : {"delong", "logit", "score"}
        The interval: DeLong's, the same on the logit scale (stays within 0 and 1), or Newcombe's
        score interval, which holds up best in small groups.
    level : float
        Confidence level.

    Returns
    -------
    StatisticResult
        `estimate` 0 to 1, ties counting one half, 0.5 meaning no separation and below 0.5 the other
        direction; `p_value` the exact two-sided rank-sum p, which tests an AUC of 0.5.

    Raises
    ------
    ValueError
        For text, infinite values or more than one row of numbers.

    Notes
    -----
    DeLong's standard error is 0 when the groups do not overlap and undefined for a group of one;
    an interval of no width would then claim certainty from a handful of patients. In these cases
    the score interval is given instead, and `method` and `note` say so.

    References
    ----------
    DeLong ER and others. Biometrics 1988;44:837. Newcombe RG. Stat Med 2006;25:559 (method 5).

    Examples
    --------
    >>> result = auc([5, 6, 9], [1, 2, 7])
    >>> round(result.estimate, 4), round(result.p_value, 4)
    (0.7778, 0.4)
    """
    chosen = check_choice(method, tuple(AUC_WORDS), name="method")
    check_level(level)
    first, second = read_sample(positive, name="positive"), read_sample(negative, name="negative")
    m, n = len(first.values), len(second.values)
    n_missing = first.n_missing + second.n_missing
    words = "area under the ROC curve"
    if m == 0 or n == 0:
        empty = "positive" if m == 0 else "negative"
        return StatisticResult(
            n_used=m + n, n_missing=n_missing, method=words, reason=f"no {empty} values"
        )
    codes = grid_codes(np.concatenate([first.values, second.values]))
    wins = (np.sign(np.subtract.outer(codes[:m], codes[m:])) + 1) / 2
    error = _delong_error(wins)
    fallback = chosen != "score" and not error
    used = "score" if fallback else chosen
    ranks = doubled_midranks(codes)
    null = rank_sum_distribution(ranks, m)
    return StatisticResult(
        estimate=float(wins.mean()),
        interval=_auc_interval(float(wins.mean()), error, (m, n), used, level),
        p_value=null.p_value(int(ranks[:m].sum()), "two-sided"),
        statistic=float(wins.sum()),
        n_used=m + n,
        n_missing=n_missing,
        ties=count_tied(codes),
        method=f"{words}, {AUC_WORDS[used]} interval; p of the exact rank-sum test",
        smallest_p=null.smallest_p("two-sided"),
        note="DeLong's standard error is 0 or undefined here: score interval" if fallback else "",
    )


def score_interval(area: float, m: int, n: int, level: float) -> tuple[float, float]:
    """Return Newcombe's score interval of an AUC: the areas the observed one does not contradict.

    Parameters
    ----------
    area : float
        Observed AUC, 0 to 1.
    m, n : int
        Group sizes.
    level : float
        Confidence level.

    Notes
    -----
    Method 5 of Newcombe: Hanley and McNeil's variance for exponential scores, at the hypothesised
    area, with both group sizes replaced by their mean in the terms that count pairs. It has a
    sensible width also at an area of 0 or 1.

    Examples
    --------
    >>> low, high = score_interval(1.0, 7, 8, 0.95)
    >>> round(low, 3), high
    (0.741, 1.0)
    """
    z = float(norm.isf((1 - level) / 2))
    others = (m + n) / 2 - 1

    def variance(theta: float) -> float:
        both = (1 - theta) / (2 - theta) + theta / (1 + theta)
        return theta * (1 - theta) * (1 + others * both) / (m * n)

    def gap(theta: float) -> float:
        return abs(area - theta) - z * math.sqrt(variance(theta))

    # A hair inside the ends: at 0 and 1 themselves the variance vanishes, and the gap with it.
    least, most = 1e-12, 1 - 1e-12
    inside = min(max(area, least), most)
    low = brentq(gap, least, inside, xtol=1e-13) if area > 0 and gap(least) > 0 else 0.0
    high = brentq(gap, inside, most, xtol=1e-13) if area < 1 and gap(most) > 0 else 1.0
    return float(low), float(high)


def _delong_error(wins: Floats) -> float:
    m, n = wins.shape
    if m < 2 or n < 2:
        return 0.0
    rows, columns = wins.mean(axis=1).var(ddof=1), wins.mean(axis=0).var(ddof=1)
    return math.sqrt(float(rows / m + columns / n))


def _auc_interval(
    area: float, error: float, sizes: tuple[int, int], method: str, level: float
) -> Interval:
    if method == "score":
        return Interval(*score_interval(area, *sizes, level), level)
    z = float(norm.isf((1 - level) / 2))
    if method == "delong":
        return Interval(max(0.0, area - z * error), min(1.0, area + z * error), level)
    centre, half = math.log(area / (1 - area)), z * error / (area * (1 - area))
    low, high = (1 / (1 + math.exp(-(centre + side * half))) for side in (-1, 1))
    return Interval(low, high, level)
