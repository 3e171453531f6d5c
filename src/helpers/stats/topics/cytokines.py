"""Levels and changes of serum proteins compared between two groups of patients."""

from __future__ import annotations

import pandas as pd

from helpers.stats.paired import compare_two_groups


def compare_group_values(values: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Compare each level and each fold change between two groups, exactly by ranks.

    Parameters
    ----------
    values : DataFrame
        From `helpers.derive.laboratory.cytokines.derive_group_values`.
    groups : Series of str
        Group of each patient, index patient_id.

    Returns
    -------
    DataFrame
        One row per panel and what: panel, what, n_first, n_second, ratio (Hodges-Lehmann, first
        group against second), low, high (exact interval), achieved (its exact coverage), p_value
        (exact rank-sum), smallest_p, method, reason. No rows when there are not exactly two groups.

    Examples
    --------
    >>> values = pd.DataFrame({"panel": "IL-1Ra", "what": "Baseline", "patient_id": list("ABCD"),
    ...                        "value": [8.0, 16.0, 2.0, 4.0], "rank": [8.0, 16.0, 2.0, 4.0]})
    >>> arms = pd.Series(["x", "x", "y", "y"], index=list("ABCD"))
    >>> compare_group_values(values, arms)[["ratio", "n_first"]].values.tolist()
    [[4.0, 2.0]]
    """
    rows = []
    for (panel, what), part in values.groupby(["panel", "what"], sort=False):
        known = part.dropna(subset=["value"]).set_index("patient_id")
        found = compare_two_groups(known["value"], groups, ranks=known["rank"], scale="log")
        if found is None:
            continue
        sizes = groups.reindex(known.index).value_counts()
        first, second = groups.unique()
        low, high = found.interval or (float("nan"), float("nan"))
        achieved = found.interval.achieved if found.interval else None
        rows.append(
            {
                "panel": panel,
                "what": what,
                "n_first": int(sizes.get(first, 0)),
                "n_second": int(sizes.get(second, 0)),
                "ratio": found.estimate,
                "low": low,
                "high": high,
                "achieved": achieved,
                "p_value": found.p_value,
                "smallest_p": found.smallest_p,
                "method": found.method,
                "reason": found.reason,
            }
        )
    columns = ["panel", "what", "n_first", "n_second", "ratio", "low", "high", "achieved"]
    result = pd.DataFrame(rows, columns=[*columns, "p_value", "smallest_p", "method", "reason"])
    return result.astype(dict.fromkeys(["ratio", "achieved", "p_value", "smallest_p"], "float64"))
