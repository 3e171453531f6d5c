"""Groups of patients compared: shares with their intervals, and values with their shifts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.stats.exact.exact import (
    StatisticResult,
    binomial_interval,
    fisher_test,
    leave_one_out,
    rank_sum_test,
)
from helpers.stats.paired import summarise_pairs

CHANGE_COLUMNS = (
    "month",
    "measure",
    "group",
    "n",
    "n_missing",
    "median_baseline",
    "median_value",
    "change",
    "low",
    "high",
    "achieved",
    "p_value",
    "method",
    "reason",
)
"""Columns of the table of changes, also where nobody was seen after baseline."""


def summarise_share(flags: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Count how many of each group carry a flag, with the exact interval of the share.

    Parameters
    ----------
    flags : Series of boolean
        One per patient, index patient_id. Missing flags are counted and left out of the share.
    groups : Series of str
        Group of each patient, same index.

    Returns
    -------
    DataFrame
        One row per group in order of appearance: group, n_improved, n, n_missing, share, low, high
        (Clopper-Pearson, 95 %), method. Share and limits are missing where n is 0.

    Examples
    --------
    >>> flags = pd.Series([True, False, True], index=["A", "B", "C"], dtype="boolean")
    >>> arms = pd.Series("drug", index=flags.index)
    >>> summarise_share(flags, arms)[["n_improved", "n"]].values.tolist()
    [[2, 3]]
    """
    rows = []
    for group in groups.unique():
        members = flags[groups.reindex(flags.index) == group]
        known = members.dropna()
        share = binomial_interval(int(known.sum()), len(known))
        low, high = share.interval or (float("nan"), float("nan"))
        rows.append(
            {
                "group": group,
                "n_improved": int(known.sum()),
                "n": len(known),
                "n_missing": int(members.isna().sum()),
                "share": float("nan") if share.estimate is None else share.estimate,
                "low": low,
                "high": high,
                "method": share.method,
            }
        )
    return pd.DataFrame(rows)


def compare_shares(flags: pd.Series, groups: pd.Series) -> StatisticResult | None:
    """Compare how often a flag is carried in two groups, by Fisher's exact test.

    Parameters
    ----------
    flags : Series of boolean
        One per patient, index patient_id; missing flags are left out.
    groups : Series of str
        Group of each patient, same index. The odds ratio is of the first against the second.

    Returns
    -------
    StatisticResult or None
        None when there are not exactly two groups.

    Examples
    --------
    >>> flags = pd.Series([True, True, False, False], index=list("ABCD"), dtype="boolean")
    >>> arms = pd.Series(["x", "x", "y", "y"], index=list("ABCD"))
    >>> round(compare_shares(flags, arms).p_value, 4)
    0.3333
    """
    names = list(groups.unique())
    if len(names) != 2:
        return None
    known = flags.dropna().astype(bool)
    of_patient = groups.reindex(known.index)
    table = [
        [int(known[of_patient == name].sum()), int((~known[of_patient == name]).sum())]
        for name in names
    ]
    return fisher_test(table)


def summarise_change(pairs: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Describe the change from baseline in each group: medians, centre of the change, exact test.

    Parameters
    ----------
    pairs : DataFrame
        One row per patient and measure (and month): patient_id, measure, month, baseline, value.
        Pairs with a missing half are counted and left out.
    groups : Series of str
        Group of each patient, index patient_id.

    Returns
    -------
    DataFrame
        One row per month, measure and group, none where `pairs` has none: month, measure, group, n,
        n_missing,
        median_baseline, median_value, change (Hodges-Lehmann centre of value - baseline, in the
        measure's unit), low, high (exact interval), achieved (what the interval covers: with 5
        pairs or fewer 0.95 is out of reach), p_value (exact signed-rank test, no change
        against a change), method (of the test; of the change), reason.

    Examples
    --------
    >>> pairs = pd.DataFrame({"patient_id": list("ABC"), "measure": "ck", "month": 3.0,
    ...                       "baseline": [4.0, 5.0, 6.0], "value": [3.0, 3.0, 3.0]})
    >>> summarise_change(pairs, pd.Series("drug", index=list("ABC")))["change"].tolist()
    [-2.0]
    """
    panels = pairs.rename(columns={"measure": "panel", "baseline": "before", "value": "after"})
    parts = [
        summarise_pairs(part.assign(reason=""), groups).assign(month=month)
        for month, part in panels.groupby("month", sort=False)
    ]
    names = {
        "panel": "measure",
        "median_before": "median_baseline",
        "median_after": "median_value",
    }
    changes = pd.concat(parts, ignore_index=True).rename(columns=names) if parts else pairs[:0]
    return changes.reindex(columns=list(CHANGE_COLUMNS))


def compare_changes(
    pairs: pd.DataFrame, groups: pd.Series, contrasts: Sequence[tuple[str, str]]
) -> pd.DataFrame:
    """Compare the change from baseline between two groups, for each declared contrast.

    Parameters
    ----------
    pairs : DataFrame
        One row per patient, measure and month: patient_id, measure, month, baseline, value.
        Pairs with a missing half are left out.
    groups : Series of str
        Group of each patient, index patient_id.
    contrasts : sequence of (str, str)
        The group that is judged, and its reference.

    Returns
    -------
    DataFrame
        One row per contrast, month and measure: arm, against, month, measure, n_arm, n_against,
        median_arm, median_against (of the change), difference (Hodges-Lehmann shift of the change,
        arm minus reference), low, high, achieved, p_value (exact rank-sum), method, reason, n.

    Examples
    --------
    >>> pairs = pd.DataFrame({"patient_id": list("ABCD"), "measure": "ck", "month": 3.0,
    ...                       "baseline": 5.0, "value": [1.0, 2.0, 4.0, 5.0]})
    >>> groups = pd.Series(["drug", "drug", "none", "none"], index=list("ABCD"))
    >>> compare_changes(pairs, groups, [("drug", "none")])["difference"].tolist()
    [-3.0]
    """
    known = pairs.assign(change=pairs["value"] - pairs["baseline"]).dropna(subset=["change"])
    known = known.assign(group=known["patient_id"].map(groups))
    rows = [
        {"arm": arm, "against": against, "month": month, "measure": measure}
        | _compare_change(part, arm, against)
        for arm, against in contrasts
        for (month, measure), part in known.groupby(["month", "measure"], sort=False)
    ]
    return pd.DataFrame(rows)


def _compare_change(part: pd.DataFrame, arm: str, against: str) -> dict[str, object]:
    one, other = (part.loc[part["group"] == name, "change"].round(9) for name in (arm, against))
    found = rank_sum_test(one, other) if len(one) and len(other) else None
    told = found or StatisticResult(reason="nobody in one of the arms has both values")
    row = told.as_row()
    return {
        "n_arm": len(one),
        "n_against": len(other),
        "median_arm": one.median(),
        "median_against": other.median(),
        "difference": row["estimate"],
        "n": len(one) + len(other),
        **{key: row[key] for key in ("low", "high", "achieved", "p_value", "method", "reason")},
    }


def leave_one_out_share(flags: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Answer the headline question again with each patient left out.

    The statistic is the exact comparison of two groups where there are two, and otherwise the share
    of patients with its exact interval. Of two groups one may lose its only patient: then it is
    missing, with the reason.

    Parameters
    ----------
    flags : Series of boolean
        One per patient, index patient_id; missing flags are left out.
    groups : Series of str
        Group of each patient, same index.

    Returns
    -------
    DataFrame
        One row per patient left out: left_out, estimate, low, high, p_value and the other fields
        of the result. See `helpers.stats.topics.robustness.leave_one_out`.

    Examples
    --------
    >>> flags = pd.Series([True, True, False], index=list("ABC"), dtype="boolean")
    >>> rows = leave_one_out_share(flags, pd.Series("drug", index=list("ABC")))
    >>> rows[["left_out", "estimate"]].values.tolist()
    [['A', 0.5], ['B', 0.5], ['C', 1.0]]
    """
    known = flags.dropna().astype(bool)
    frame = pd.DataFrame(
        {"patient_id": known.index, "flag": known.to_numpy(), "group": groups[known.index]}
    )
    return leave_one_out(frame, lambda rest: _answer_headline(rest, groups.nunique()))


def _answer_headline(rest: pd.DataFrame, n_groups: int) -> StatisticResult:
    flags = rest.set_index("patient_id")["flag"].astype("boolean")
    if n_groups != 2:
        return binomial_interval(int(flags.sum()), len(flags))
    compared = compare_shares(flags, rest.set_index("patient_id")["group"])
    return compared or StatisticResult(reason="only one group has patients left")
