"""Values before and after: the centre of the change in each group, and groups against each other.

On the linear scale a change is a difference. On the log scale it is a ratio: everything is computed
from logarithms and handed back as fold change, so that twice and half weigh the same.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from helpers.stats.exact.exact import (
    StatisticResult,
    change_test,
    rank_sum_test,
)
from helpers.stats.multiplicity import benjamini_hochberg, holm
from helpers.stats.result import Interval

Scale = Literal["linear", "log"]
Adjustment = Literal["holm", "benjamini_hochberg", "none"]

ADJUSTMENT_WORDS: dict[Adjustment, str] = {
    "holm": "Holm",
    "benjamini_hochberg": "Benjamini-Hochberg",
    "none": "not adjusted",
}


def summarise_pairs(
    pairs: pd.DataFrame, groups: pd.Series, *, scale: Scale = "linear"
) -> pd.DataFrame:
    """Describe the change of each panel in each group: medians, centre with interval, exact test.

    Parameters
    ----------
    pairs : DataFrame
        One row per patient and panel: patient_id, panel, before, after, reason. A pair with a
        reason, or with a missing half, is counted and left out.
    groups : Series of str
        Group of each patient, index patient_id.
    scale : {"linear", "log"}
        "linear": after - before, centre 0 means no change. "log": after / before, 1 means none.

    Returns
    -------
    DataFrame
        One row per panel and group, in order of appearance: panel, group, n, n_missing,
        median_before, median_after (of the n pairs), change (Hodges-Lehmann centre), low, high
        (exact interval), achieved (its exact coverage: with 5 pairs or fewer 0.95 is out of reach),
        n_higher, n_lower, p_value (of the test that the interval inverts, see
        `helpers.stats.exact.exact.change_test`), method, reason.

    Examples
    --------
    >>> pairs = pd.DataFrame({"patient_id": list("ABC"), "panel": "IL-1Ra", "reason": "",
    ...                       "before": [100.0, 200.0, 300.0], "after": [400.0, 800.0, 1200.0]})
    >>> everybody = pd.Series("all", index=list("ABC"))
    >>> summarise_pairs(pairs, everybody, scale="log")["change"].round(6).tolist()
    [4.0]
    """
    of_patient = pairs["patient_id"].map(groups)
    rows = []
    for panel, part in pairs.groupby("panel", sort=False):
        for group in groups.unique():
            members = part[of_patient[part.index] == group]
            rows.append({"panel": panel, "group": group, **_describe(members, scale)})
    return pd.DataFrame(rows).astype({"p_value": "float64"})


def _describe(members: pd.DataFrame, scale: Scale) -> dict[str, object]:
    complete = members[members["reason"] == ""].dropna(subset=["before", "after"])
    change = find_changes(complete, scale=scale)
    test = change_test(change)
    low, high = test.interval or (math.nan, math.nan)
    achieved = test.interval.achieved if test.interval else None
    return {
        "n": len(complete),
        "n_missing": len(members) - len(complete),
        "median_before": complete["before"].median(),
        "median_after": complete["after"].median(),
        "change": _show(test.estimate, scale),
        "low": _show(low, scale),
        "high": _show(high, scale),
        "achieved": math.nan if achieved is None else achieved,
        "n_higher": int((change > 0).sum()),
        "n_lower": int((change < 0).sum()),
        "p_value": test.p_value,
        "method": test.method,
        "reason": test.reason,
    }


def find_changes(pairs: pd.DataFrame, *, scale: Scale) -> pd.Series:
    """Give after - before, or its logarithm to base 2, rounded to 1e-9 so that ties stay ties.

    >>> find_changes(pd.DataFrame({"before": [10.0], "after": [40.0]}), scale="log").tolist()
    [2.0]
    """
    if scale == "linear":
        return (pairs["after"] - pairs["before"]).round(9)
    return pairs["after"].map(np.log2).sub(pairs["before"].map(np.log2)).round(9)


def _show(value: float | None, scale: Scale) -> float:
    if value is None or math.isnan(value):
        return math.nan
    return 2.0**value if scale == "log" else value


def compare_two_groups(
    values: pd.Series, groups: pd.Series, *, ranks: pd.Series | None = None, scale: Scale = "linear"
) -> StatisticResult | None:
    """Compare one value per patient between two groups, by the exact rank-sum test.

    Parameters
    ----------
    values : Series of float
        Index patient_id; missing ones are counted and left out. With ``scale="log"`` they must be
        above 0.
    groups : Series of str
        Group of each patient, index patient_id. The estimate is of the first group against the
        second.
    ranks : Series of float, optional
        What the test ranks where this is not `values` itself, such as values outside the limits of
        quantification tied at the end. Same index.
    scale : {"linear", "log"}
        "log" gives the shift as a ratio of the first group to the second.

    Returns
    -------
    StatisticResult or None
        None when there are not exactly two groups.

    Examples
    --------
    >>> values = pd.Series([8.0, 16.0, 2.0, 4.0], index=list("ABCD"))
    >>> arms = pd.Series(["x", "x", "y", "y"], index=list("ABCD"))
    >>> compare_two_groups(values, arms, scale="log").estimate
    4.0
    """
    names = list(groups.unique())
    if len(names) != 2:
        return None
    numbers = np.log2(values).round(9) if scale == "log" else values.round(9)
    tested = rank_sum_test(*_split(values if ranks is None else ranks, groups, names))
    shift = rank_sum_test(*_split(numbers, groups, names))
    words = tested.method.replace("Hodges-Lehmann shift", "Hodges-Lehmann ratio")
    return replace(
        tested,
        estimate=None if shift.estimate is None else _show(shift.estimate, scale),
        interval=_show_interval(shift.interval, scale),
        note=shift.note,
        method=words if scale == "log" else tested.method,
    )


def _split(
    values: pd.Series, groups: pd.Series, names: list[str]
) -> tuple[pd.Series[float], pd.Series[float]]:
    of_patient = groups.reindex(values.index)
    return values[of_patient == names[0]], values[of_patient == names[1]]


def _show_interval(interval: Interval | None, scale: Scale) -> Interval | None:
    if interval is None or scale == "linear":
        return interval
    return replace(interval, low=2.0**interval.low, high=2.0**interval.high)


def adjust_p_values(p_values: pd.Series, *, adjustment: Adjustment) -> pd.Series:
    """Adjust p-values that were declared one family.

    Parameters
    ----------
    p_values : Series of float
        Missing ones are tests that could not be done: they stay missing and do not count.
    adjustment : {"holm", "benjamini_hochberg", "none"}
        "none" gives missing values.

    Returns
    -------
    Series of float64, same index

    Examples
    --------
    >>> adjust_p_values(pd.Series([0.01, 0.04]), adjustment="holm").tolist()
    [0.02, 0.04]
    """
    if adjustment == "none":
        return pd.Series(math.nan, index=p_values.index, dtype="float64")
    return holm(p_values) if adjustment == "holm" else benjamini_hochberg(p_values)
