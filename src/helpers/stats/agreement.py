"""Agreement of two readers or two occasions: kappa, intraclass correlation, Bland and Altman."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.stats import beta, norm
from scipy.stats import f as fisher_f
from scipy.stats import t as student_t

from helpers.stats.exact.samples import Floats, Values, read_pairs
from helpers.stats.result import Interval, StatisticResult, check_choice, check_level

IccForm = Literal["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"]

ICC_WORDS = {
    "1,1": "ICC(1,1): one-way, a single reading",
    "2,1": "ICC(2,1): absolute agreement of a single reading, readers at random",
    "3,1": "ICC(3,1): consistency of a single reading, these readers",
    "1,k": "ICC(1,k): one-way, mean of the readings",
    "2,k": "ICC(2,k): absolute agreement of the mean, readers at random",
    "3,k": "ICC(3,k): consistency of the mean, these readers",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BlandAltman:
    """Bias and limits of agreement of two measurements, each with its interval.

    Attributes
    ----------
    bias, lower, upper : StatisticResult
        Mean of first - second, and mean -/+ z SD.
    sd : float or None
        Standard deviation of the differences.
    n_used, n_missing : int
        Complete pairs, and pairs dropped.
    method, reason : str
        In words; `reason` is empty when all is defined.
    """

    bias: StatisticResult
    lower: StatisticResult
    upper: StatisticResult
    sd: float | None
    n_used: int
    n_missing: int
    method: str
    reason: str = ""


def cohen_kappa(
    first: Iterable[Any],
    second: Iterable[Any],
    *,
    weights: Literal["none", "linear", "quadratic"] = "none",
    categories: Sequence[Hashable] | None = None,
    level: float = 0.95,
) -> StatisticResult:
    """Measure how far two readers agree on categories beyond chance (Cohen's kappa).

    Parameters
    ----------
    first, second : iterable
        One category for each specimen and reader; a pair with a missing one is dropped and counted.
    weights : {"none", "linear", "quadratic"}
        "linear" and "quadratic" forgive near misses on an ordered scale.
    categories : sequence, optional
        The scale, in order. Name it for weighted kappa: a step no reader used is still a step. By
        default the sorted values met.
    level : float
        Confidence level.

    Returns
    -------
    StatisticResult
        `p_value` tests kappa = 0 with its null standard error.

    Raises
    ------
    ValueError
        When lengths differ or a value is not among `categories`.

    Notes
    -----
    Standard errors after Fleiss, Cohen and Everitt, from statsmodels, whose kappa and errors are
    right; they are for large samples, so below about 30 specimens read the interval as a rough
    guide. At complete agreement the error is 0 and says nothing: the lower limit is then that of
    the observed agreement (exact binomial), put through the same formula.

    Weighted agreement: linear 1 - |i - j| / (k - 1), quadratic 1 - (i - j)^2 / (k - 1)^2. Kappa
    depends on how common the categories are; compare it only between similar samples.

    References
    ----------
    Cohen J. Psychol Bull 1968;70:213. Fleiss JL, Cohen J, Everitt BS. Psychol Bull 1969;72:323.

    Examples
    --------
    >>> cohen_kappa(["+", "+", "-", "-"], ["+", "-", "-", "-"]).estimate
    0.5
    """
    weighting = check_choice(weights, ("none", "linear", "quadratic"), name="weights")
    check_level(level)
    table, n_missing = _cross_table(first, second, categories)
    n = int(table.sum())
    words = "Cohen's kappa" if weighting == "none" else f"{weighting}-weighted kappa"
    used = int(((table.sum(axis=0) + table.sum(axis=1)) > 0).sum())
    if used < 2:
        reason = "no pairs" if n == 0 else "both readers used one and the same category only"
        return StatisticResult(n_used=n, n_missing=n_missing, method=words, reason=reason)
    # Imported here: statsmodels takes a second that most reports need not spend.
    from statsmodels.stats.inter_rater import cohens_kappa

    found = cohens_kappa(table, wt=None if weighting == "none" else weighting)
    value = float(found.kappa)
    complete = int(np.trace(table)) == n
    error, null_error = (
        math.sqrt(max(float(variance), 0.0)) for variance in (found.var_kappa, found.var_kappa0)
    )
    interval = _kappa_interval(table, value, error, weighting, level)
    how = "exact limit of the agreement" if complete else "large-sample (Fleiss) interval"
    return StatisticResult(
        estimate=value,
        interval=interval,
        p_value=2 * float(norm.sf(abs(value) / null_error)) if null_error > 0 else None,
        n_used=n,
        n_missing=n_missing,
        method=f"{words}, {how}; p by the null standard error",
        reason="" if interval and null_error > 0 else "a standard error is 0",
        note="complete agreement: the usual interval would have no width" if complete else "",
    )


def intraclass_correlation(
    ratings: pd.DataFrame | Floats, *, form: IccForm = "2,1", level: float = 0.95
) -> StatisticResult:
    """Measure how far readers agree on a quantity (intraclass correlation, Shrout and Fleiss).

    Parameters
    ----------
    ratings : DataFrame or array, shape (n specimens, k readers)
        One row per specimen, one column per reader; rows with a gap are dropped and counted.
    form : {"1,1", "2,1", "3,1", "1,k", "2,k", "3,k"}
        Agreement between readers is "2,1"; see `ICC_WORDS`.
    level : float
        Confidence level.

    Returns
    -------
    StatisticResult
        `statistic` and `p_value` are those of the F test of no correlation; `n_used` counts
        specimens.

    Raises
    ------
    ValueError
        When `ratings` is not a table of finite numbers with two columns or more.

    Notes
    -----
    (1,1) (MSR - MSW) / (MSR + (k-1) MSW);
    (2,1) (MSR - MSE) / (MSR + (k-1) MSE + k (MSC - MSE) / n);
    (3,1) (MSR - MSE) / (MSR + (k-1) MSE); intervals after McGraw and Wong. pingouin has the same
    estimates, but its intervals are rounded to two digits and fixed at 95 %. Negative values mean
    less agreement than chance and are not set to 0.

    References
    ----------
    Shrout PE, Fleiss JL. Psychol Bull 1979;86:420. McGraw KO, Wong SP. Psychol Methods 1996;1:30.

    Examples
    --------
    >>> scores = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8],
    ...                    [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    >>> round(intraclass_correlation(scores).estimate, 5)
    0.28976
    """
    kind = check_choice(form, tuple(ICC_WORDS), name="form")
    check_level(level)
    scores, n_missing = _read_ratings(ratings)
    n, k = scores.shape
    words = f"{ICC_WORDS[kind]}; F test and interval (McGraw-Wong)"
    if n < 2:
        return StatisticResult(
            n_used=n, n_missing=n_missing, method=words, reason="needs two complete specimens"
        )
    squares = _mean_squares(scores)
    if squares.rows <= 0 and squares.error <= 0:
        return StatisticResult(
            n_used=n, n_missing=n_missing, method=words, reason="the readings do not vary"
        )
    error, df = (
        (squares.within, n * (k - 1)) if kind[0] == "1" else (squares.error, (n - 1) * (k - 1))
    )
    ratio = squares.rows / error if error > 0 else math.inf
    limits = _icc_limits(squares, kind, level) if math.isfinite(ratio) else None
    return StatisticResult(
        estimate=_icc(squares, kind),
        interval=limits,
        p_value=float(fisher_f.sf(ratio, n - 1, df)),
        statistic=ratio,
        n_used=n,
        n_missing=n_missing,
        method=words,
        reason="" if limits else "readers agree to the last digit: no interval",
    )


def bland_altman(first: Values, second: Values, *, level: float = 0.95) -> BlandAltman:
    """Give bias and limits of agreement of two measurements of one quantity (Bland and Altman).

    Parameters
    ----------
    first, second : iterable of numbers
        Pairs by position; a pair with a missing value is dropped and counted.
    level : float
        Level of the limits of agreement and of every interval.

    Returns
    -------
    BlandAltman
        Bias is the mean of first - second; limits are bias -/+ 1.96 SD at level 0.95.

    Raises
    ------
    ValueError
        When lengths or indexes differ, or values are text or infinite.

    Notes
    -----
    The limits' intervals are approximate: t with the standard error SD sqrt(1/n + z^2 / (2(n-1))).
    Do not use when the differences grow with the mean: take logarithms first.

    References
    ----------
    Bland JM, Altman DG. Lancet 1986;1:307; Stat Methods Med Res 1999;8:135.

    Examples
    --------
    >>> result = bland_altman([1.0, 2.0, 3.0], [0.0, 2.0, 2.5])
    >>> result.bias.estimate, result.sd
    (0.5, 0.5)
    """
    check_level(level)
    pairs = read_pairs(first, second, names=("first", "second"))
    n = len(pairs.x)
    words = "Bland-Altman limits of agreement (first - second)"
    if n < 2:
        empty = StatisticResult(
            n_used=n, n_missing=pairs.n_missing, method=words, reason="needs two complete pairs"
        )
        return BlandAltman(
            bias=empty,
            lower=empty,
            upper=empty,
            sd=None,
            n_used=n,
            n_missing=pairs.n_missing,
            method=words,
            reason=empty.reason,
        )
    differences = pairs.x - pairs.y
    mean, sd = float(differences.mean()), float(differences.std(ddof=1))
    z, t = float(norm.isf((1 - level) / 2)), float(student_t.isf((1 - level) / 2, n - 1))
    edge = sd * math.sqrt(1 / n + z**2 / (2 * (n - 1)))

    def part(value: float, error: float, name: str) -> StatisticResult:
        return StatisticResult(
            estimate=value,
            interval=Interval(value - t * error, value + t * error, level),
            n_used=n,
            n_missing=pairs.n_missing,
            method=f"{words}: {name}",
            reason="no hypothesis is tested, so no p",
        )

    return BlandAltman(
        bias=part(mean, sd / math.sqrt(n), "bias"),
        lower=part(mean - z * sd, edge, "lower limit"),
        upper=part(mean + z * sd, edge, "upper limit"),
        sd=sd,
        n_used=n,
        n_missing=pairs.n_missing,
        method=words,
    )


def _cross_table(
    first: Iterable[Any], second: Iterable[Any], categories: Sequence[Hashable] | None
) -> tuple[Floats, int]:
    one, two = list(first), list(second)
    if len(one) != len(two):
        raise ValueError(
            f"first and second must be pairs, got {len(one)} and {len(two)} readings: "
            "put them side by side in one table first"
        )
    complete = [(a, b) for a, b in zip(one, two, strict=True) if not (pd.isna(a) or pd.isna(b))]
    met = {value for pair in complete for value in pair}
    scale = sorted(met) if categories is None else list(categories)
    unknown = met - set(scale)
    if unknown:
        raise ValueError(
            f"readings outside the categories {scale}: {sorted(map(str, unknown))}; "
            "correct them or name every step of the scale"
        )
    place = {value: index for index, value in enumerate(scale)}
    table = np.zeros((len(scale), len(scale)))
    for a, b in complete:
        table[place[a], place[b]] += 1
    return table, len(one) - len(complete)


def _kappa_interval(
    table: Floats, value: float, error: float, weighting: str, level: float
) -> Interval | None:
    if np.trace(table) == table.sum():
        return _complete_agreement_interval(table, weighting, level)
    if error <= 1e-12:
        return None
    half = float(norm.isf((1 - level) / 2)) * error
    return Interval(max(-1.0, value - half), min(1.0, value + half), level)


def _complete_agreement_interval(table: Floats, weighting: str, level: float) -> Interval:
    n = table.sum()
    steps = np.abs(np.subtract.outer(np.arange(len(table)), np.arange(len(table))))
    cost = {"none": (steps > 0).astype(float), "linear": steps, "quadratic": steps**2}[weighting]
    cost = cost / cost.max()
    chance = float((cost * np.outer(table.sum(axis=1), table.sum(axis=0))).sum() / n**2)
    agreed = float(beta.ppf((1 - level) / 2, n, 1))
    # The worst case: every disagreement that the binomial limit allows is a whole scale apart.
    return Interval(max(-1.0, 1 - (1 - agreed) / chance), 1.0, level)


@dataclass(frozen=True, slots=True)
class _MeanSquares:
    rows: float
    columns: float
    error: float
    within: float
    n: int
    k: int


def _read_ratings(ratings: pd.DataFrame | Floats) -> tuple[Floats, int]:
    try:
        scores = (
            ratings.to_numpy(dtype=float, na_value=np.nan)
            if isinstance(ratings, pd.DataFrame)
            else np.asarray(ratings, dtype=float)
        )
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"ratings must be numbers ({error}): keep only the readers' columns"
        ) from error
    if scores.ndim != 2 or scores.shape[1] < 2 or np.isinf(scores).any():
        raise ValueError(
            f"expected finite ratings, specimens x readers with two readers or more, got shape "
            f"{scores.shape}: pivot the long table first"
        )
    complete = ~np.isnan(scores).any(axis=1)
    return scores[complete], int((~complete).sum())


def _mean_squares(scores: Floats) -> _MeanSquares:
    n, k = scores.shape
    grand = scores.mean()
    rows = k * float(((scores.mean(axis=1) - grand) ** 2).sum())
    columns = n * float(((scores.mean(axis=0) - grand) ** 2).sum())
    within = float(((scores - scores.mean(axis=1, keepdims=True)) ** 2).sum())
    error = max(within - columns, 0.0)
    noise = 1e-12 * float((scores**2).sum())
    rows, error = (0.0 if part < noise else part for part in (rows, error))
    return _MeanSquares(
        rows=rows / (n - 1),
        columns=columns / (k - 1),
        error=error / ((n - 1) * (k - 1)),
        within=within / (n * (k - 1)),
        n=n,
        k=k,
    )


def _icc(s: _MeanSquares, form: str) -> float:
    """Return the estimate; the mean of k readings follows by Spearman and Brown."""
    if form[0] == "1":
        single = (s.rows - s.within) / (s.rows + (s.k - 1) * s.within)
    elif form[0] == "2":
        bias = s.k * (s.columns - s.error) / s.n
        single = (s.rows - s.error) / (s.rows + (s.k - 1) * s.error + bias)
    else:
        single = (s.rows - s.error) / (s.rows + (s.k - 1) * s.error)
    return single if form.endswith("1") else _of_mean(single, s.k)


def _of_mean(single: float, k: int) -> float:
    return k * single / (1 + (k - 1) * single)


def _icc_limits(s: _MeanSquares, form: str, level: float) -> Interval:
    low, high = _agreement_limits(s, level) if form[0] == "2" else _f_limits(s, form, level)
    if form.endswith("k"):
        low, high = _of_mean(low, s.k), _of_mean(high, s.k)
    return Interval(low, high, level)


def _f_limits(s: _MeanSquares, form: str, level: float) -> tuple[float, float]:
    within = form[0] == "1"
    error = s.within if within else s.error
    df_rows = s.n - 1
    df = s.n * (s.k - 1) if within else df_rows * (s.k - 1)
    tail = (1 - level) / 2
    lowest = s.rows / error / fisher_f.isf(tail, df_rows, df)
    highest = s.rows / error * fisher_f.isf(tail, df, df_rows)
    low, high = ((ratio - 1) / (ratio + s.k - 1) for ratio in (lowest, highest))
    return float(low), float(high)


def _agreement_limits(s: _MeanSquares, level: float) -> tuple[float, float]:
    n, k = s.n, s.k
    value, ratio = _icc(s, "2,1"), s.columns / s.error
    spread = n * (1 + (k - 1) * value) - k * value
    top = (n - 1) * (k - 1) * (k * value * ratio + spread) ** 2
    df = top / ((n - 1) * k**2 * value**2 * ratio**2 + spread**2)
    tail = (1 - level) / 2
    above, below = fisher_f.isf(tail, n - 1, df), fisher_f.isf(tail, df, n - 1)
    rest = k * s.columns + (k * n - k - n) * s.error
    low = n * (s.rows - above * s.error) / (above * rest + n * s.rows)
    high = n * (below * s.rows - s.error) / (rest + n * below * s.rows)
    return float(low), float(high)
