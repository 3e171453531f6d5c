"""One question answered under every defensible choice of the analyst, on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from helpers.stats.effect_sizes import hedges_g
from helpers.stats.result import StatisticResult
from helpers.stats.topics.discrimination import auc

COMPARISONS: dict[str, str] = {
    "ranks": "ranks",
    "difference": "means",
    "ratio": "means of logs",
}
"""How two groups are compared; the first is the main analysis."""


@dataclass(frozen=True, slots=True)
class CurveSummary:
    """What all specifications together say.

    Attributes
    ----------
    n, n_defined : int
        Specifications tried, and those with an estimate.
    n_divisions : int
        Different ways in which they divide the patients.
    n_above, n_below : int
        Estimates above and below 0.5.
    n_significant : int
        With a p below the level.
    lowest, middle, highest : float
        Least, median and largest estimate; missing where there is none.
    level : float
    """

    n: int
    n_defined: int
    n_divisions: int
    n_above: int
    n_below: int
    n_significant: int
    lowest: float
    middle: float
    highest: float
    level: float

    @property
    def n_agreeing(self) -> int:
        """How many estimates lie on the side of 0.5 where most of them lie."""
        return max(self.n_above, self.n_below)


def compute_specification_curve(
    variants: pd.DataFrame, values: pd.Series, *, choices: Sequence[str]
) -> pd.DataFrame:
    """Compare one value between responders and the rest under every specification.

    Parameters
    ----------
    variants : DataFrame
        One row per specification of the groups and patient: the columns of `choices`, patient_id,
        responder (boolean; missing where the patient is left out). The first specification is the
        main one.
    values : Series of float
        The value of each patient, index patient_id; missing ones are left out.
    choices : sequence of str
        Columns that name a specification of the groups.

    Returns
    -------
    DataFrame
        One row per specification and way to compare, sorted by estimate, those without one last:
        the columns of `choices`, comparison, n_first (responders), n_second, estimate (AUC), low,
        high, p_value, division (number of the way the patients are divided), is_main, reason.

    Notes
    -----
    All estimates are on the scale of the AUC, the chance that a responder has the higher value. A
    standardised difference g of means becomes Phi(g / sqrt 2), which holds for normal values of
    equal spread; its interval is carried over. With "ratio" the values are logarithms, which needs
    all of them above 0.

    References
    ----------
    Simonsohn U, Simmons JP, Nelson LD. Nat Hum Behav 2020;4:1208.
    McGraw KO, Wong SP. Psychol Bull 1992;111:361 (the common language effect size).

    Examples
    --------
    >>> variants = pd.DataFrame({"definition": "IMACS", "patient_id": list("ABCD"),
    ...                          "responder": [True, True, False, False]})
    >>> values = pd.Series([8.0, 4.0, 2.0, 1.0], index=list("ABCD"))
    >>> curve = compute_specification_curve(variants, values, choices=["definition"])
    >>> curve[["comparison", "is_main"]].values.tolist()
    [['difference', False], ['ratio', False], ['ranks', True]]
    """
    rows: list[dict[str, object]] = []
    computed: dict[tuple[object, ...], tuple[int, dict[str, StatisticResult]]] = {}
    for names, part in variants.groupby(list(choices), sort=False):
        of_patient = part.set_index("patient_id")["responder"]
        first, second = _divide(values, of_patient)
        division = (tuple(first.index), tuple(second.index))
        if division not in computed:
            computed[division] = (len(computed) + 1, _compare_every_way(first, second))
        number, results = computed[division]
        about = dict(zip(choices, names, strict=True))
        sizes = {"n_first": len(first), "n_second": len(second), "division": number}
        for comparison, result in results.items():
            main = {"comparison": comparison, "is_main": not rows}
            rows.append(about | main | sizes | _read_result(result))
    curve = pd.DataFrame(rows)
    return curve.sort_values("estimate", kind="stable", na_position="last", ignore_index=True)


def _divide(values: pd.Series, responder: pd.Series) -> tuple[pd.Series, pd.Series]:
    known = values.dropna()
    known = known[known.index.isin(responder.dropna().index)]
    yes = responder.reindex(known.index).astype(bool)
    return known[yes], known[~yes]


def _compare_every_way(first: pd.Series, second: pd.Series) -> dict[str, StatisticResult]:
    results = {
        "ranks": auc(first, second, method="score"),
        "difference": _carry_over(hedges_g(first, second)),
    }
    if pd.concat([first, second]).min() <= 0:
        reason = "a value of 0 has no logarithm"
        return results | {"ratio": StatisticResult(reason=reason)}
    return results | {"ratio": _carry_over(hedges_g(np.log(first), np.log(second)))}


def _carry_over(result: StatisticResult) -> StatisticResult:
    """Put a standardised difference on the scale of the AUC."""
    if result.estimate is None or result.interval is None:
        return result
    estimate, low, high = (
        float(norm.cdf(g / math.sqrt(2))) for g in (result.estimate, *result.interval)
    )
    interval = type(result.interval)(low, high, result.interval.level)
    return StatisticResult(
        estimate=estimate, interval=interval, p_value=result.p_value, n_used=result.n_used
    )


def _read_result(result: StatisticResult) -> dict[str, object]:
    low, high = result.interval or (math.nan, math.nan)
    return {
        "estimate": math.nan if result.estimate is None else result.estimate,
        "low": low,
        "high": high,
        "p_value": math.nan if result.p_value is None else result.p_value,
        "reason": result.reason if result.estimate is None else "",
    }


def summarise_curve(curve: pd.DataFrame, *, level: float = 0.05) -> CurveSummary:
    """Count what all specifications together say.

    Parameters
    ----------
    curve : DataFrame
        From `compute_specification_curve`.
    level : float
        p below which a specification counts as significant.

    Returns
    -------
    CurveSummary

    Examples
    --------
    >>> curve = pd.DataFrame({"estimate": [0.4, 0.8, None], "p_value": [0.6, 0.01, None],
    ...                       "division": [1, 2, 3]})
    >>> summary = summarise_curve(curve)
    >>> summary.n_above, summary.n_significant, summary.n_defined
    (1, 1, 2)
    """
    defined = curve.dropna(subset=["estimate"])
    estimates = defined["estimate"].astype("float64").round(9)
    return CurveSummary(
        n=len(curve),
        n_defined=len(defined),
        n_divisions=int(curve["division"].nunique()),
        n_above=int((estimates > 0.5).sum()),
        n_below=int((estimates < 0.5).sum()),
        n_significant=int((defined["p_value"].astype("float64") < level).sum()),
        lowest=float(estimates.min()),
        middle=float(estimates.median()),
        highest=float(estimates.max()),
        level=level,
    )
