"""Proteins in serum: pairs that know their limits of quantification, and what healthy people have.

A value outside quantification is a limit, not a number. It stays in: as the lowest or highest rank
of its visit, and as a change of at least the one drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.contracts.configuration import ReferenceRange
from helpers.derive.checks import VISIT, keep_text
from helpers.derive.laboratory.paired import PAIR, check_one_unit, derive_pairs

OUTSIDE = ("below", "above")

_TURNED = {"below": "above", "above": "below", "in_range": "in_range"}
"""What a bound of the baseline makes of the change: from at most 10, a rise is at least as big."""


def derive_cytokine_pairs(
    cytokines: pd.DataFrame, patients: Sequence[str], *, baseline_month: float, month: float
) -> pd.DataFrame:
    """Put each concentration beside its baseline, with what quantification lets us know.

    Parameters
    ----------
    cytokines : DataFrame
        One row per patient, month and analyte: concentration, unit, bound (in_range, below, above;
        for the last two the concentration is the limit itself).
    patients : sequence of str
        Everybody who entered.
    baseline_month, month : float
        The visits before and after.

    Returns
    -------
    DataFrame
        One row per analyte (panel) and patient: patient_id, panel, before, after, before_bound,
        after_bound (missing without a value), change_bound, reason. `change_bound` says whether
        after / before is as computed (in_range), at most that (below), at least that (above) or
        unknown; `reason` is empty when the pair can be compared. A concentration of 0 that is not
        marked as below has no logarithm: it is missing, with the reason.

    Raises
    ------
    ValueError
        When a patient has two values of one protein at one visit, or a protein has two units.

    Examples
    --------
    >>> table = pd.DataFrame({"patient_id": "A", "month": [0.0, 6.0], "analyte": "G-CSF",
    ...                       "concentration": [20.0, 10.0], "unit": "pg/mL",
    ...                       "bound": ["in_range", "below"]})
    >>> pairs = derive_cytokine_pairs(table, ["A"], baseline_month=0.0, month=6.0)
    >>> pairs[["change_bound", "reason"]].values.tolist()
    [['below', '']]
    """
    check_one_unit(cytokines, by="analyte", name="cytokines")
    positive = cytokines.assign(
        concentration=cytokines["concentration"].where(cytokines["concentration"] > 0)
    )
    pairs = derive_pairs(
        positive,
        patients,
        by="analyte",
        value="concentration",
        baseline_month=baseline_month,
        month=month,
    )
    bounds = cytokines.pivot(index=["patient_id", "analyte"], columns="month", values="bound")
    bounds = bounds.reindex(columns=[baseline_month, month]).set_axis(["before", "after"], axis=1)
    bounds = bounds.reindex(pd.MultiIndex.from_frame(pairs[PAIR])).reset_index(drop=True)
    for half in ("before", "after"):
        known = bounds[half].astype(object).where(pairs[half].notna(), None)
        pairs[f"{half}_bound"] = known.astype("str")
    pairs["change_bound"] = _bound_change(pairs)
    pairs["reason"] = _explain(pairs, _find_zeros(cytokines, pairs, baseline_month, month))
    columns = [*PAIR, "before", "after", "before_bound", "after_bound", "change_bound", "reason"]
    return keep_text(pairs[columns], ["change_bound", "reason"])


def _bound_change(pairs: pd.DataFrame) -> pd.Series:
    ways = pd.DataFrame(
        {"first": pairs["before_bound"].map(_TURNED), "second": pairs["after_bound"]}
    ).fillna("in_range")
    at_most, at_least = (ways == "below").any(axis=1), (ways == "above").any(axis=1)
    seems_up, seems_down = pairs["after"] >= pairs["before"], pairs["after"] <= pairs["before"]
    unknown = (at_most & at_least) | (at_most & seems_up) | (at_least & seems_down)
    return pd.Series(
        np.select([unknown, at_most, at_least], ["unknown", "below", "above"], default="in_range"),
        index=pairs.index,
        dtype="str",
    )


def _find_zeros(
    cytokines: pd.DataFrame, pairs: pd.DataFrame, before: float, after: float
) -> pd.Series:
    zero = cytokines[cytokines["concentration"] <= 0]
    zero = zero[zero["month"].isin([before, after])]
    found = set(zip(zero["patient_id"], zero["analyte"], strict=True))
    return pd.Series(
        [key in found for key in zip(pairs["patient_id"], pairs["panel"], strict=True)],
        index=pairs.index,
    )


def _explain(pairs: pd.DataFrame, zeros: pd.Series) -> pd.Series:
    reason = pairs["reason"].mask(zeros, "a concentration of 0 has no fold change")
    unknown = (pairs["change_bound"] == "unknown") & (pairs["reason"] == "")
    return reason.mask(unknown, "values outside quantification leave the change open")


def derive_group_values(pairs: pd.DataFrame, *, ends: tuple[str, str]) -> pd.DataFrame:
    """List what can be compared between groups: both levels and the fold change of each protein.

    Parameters
    ----------
    pairs : DataFrame
        From `derive_cytokine_pairs`.
    ends : (str, str)
        Names of the two visits.

    Returns
    -------
    DataFrame
        One row per protein, kind of value and patient: panel, what (the two visits, then
        ``fold change``), patient_id, value, rank. `rank` is what a rank test ranks: a level below
        quantification ties at the lowest, one above at the highest, whatever the limits were; a
        fold change ranks at its limit. Missing where it cannot be known.

    Examples
    --------
    >>> pairs = pd.DataFrame({"patient_id": ["A", "B"], "panel": "G-CSF", "before": [8.0, 10.0],
    ...     "after": [4.0, 20.0], "before_bound": ["in_range", "below"],
    ...     "after_bound": "in_range", "change_bound": ["in_range", "above"], "reason": ""})
    >>> derive_group_values(pairs, ends=("before", "after"))["rank"].tolist()
    [8.0, 4.0, 4.0, 20.0, 0.5, 2.0]
    """
    parts = []
    for panel, part in pairs.groupby("panel", sort=False):
        for what, half in zip(ends, ("before", "after"), strict=True):
            ranks = _tie_outside(part[half], part[f"{half}_bound"])
            values = part.assign(what=what, value=part[half], rank=ranks)
            parts.append(values.assign(panel=panel))
        fold = (part["after"] / part["before"]).round(9).where(part["reason"] == "")
        parts.append(part.assign(what="fold change", value=fold, rank=fold, panel=panel))
    columns = ["panel", "what", "patient_id", "value", "rank"]
    stacked = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    return keep_text(stacked[columns].reset_index(drop=True), ["panel", "what", "patient_id"])


def _tie_outside(values: pd.Series, bounds: pd.Series) -> pd.Series:
    lowest, highest = values.min() / 2, values.max() * 2
    return values.mask(bounds == "below", lowest).mask(bounds == "above", highest)


def list_outside(cytokines: pd.DataFrame) -> pd.DataFrame:
    """List the values outside quantification, so that they can be counted and named.

    Parameters
    ----------
    cytokines : DataFrame

    Returns
    -------
    DataFrame
        One row per such value: analyte, month, patient_id, bound, limit, unit; in the order of the
        table.

    Examples
    --------
    >>> table = pd.DataFrame({"patient_id": ["A", "B"], "month": 6.0, "analyte": "G-CSF",
    ...                       "concentration": [10.0, 30.0], "unit": "pg/mL",
    ...                       "bound": ["below", "in_range"]})
    >>> list_outside(table)[["patient_id", "limit"]].values.tolist()
    [['A', 10.0]]
    """
    outside = cytokines[cytokines["bound"].isin(OUTSIDE)]
    outside = outside.rename(columns={"concentration": "limit"}).reset_index(drop=True)
    return outside[["analyte", *VISIT[::-1], "bound", "limit", "unit"]]


def summarise_levels(cytokines: pd.DataFrame) -> pd.DataFrame:
    """Describe the concentrations of each protein at each visit, whoever has a value.

    Parameters
    ----------
    cytokines : DataFrame
        One row per patient, month and analyte.

    Returns
    -------
    DataFrame
        One row per analyte and month with a value: analyte, month, n, n_outside, mean, median,
        lowest, highest, lowest_is_limit, highest_is_limit. Values outside quantification count with
        their limit; the last two say whether the ends of the range are such limits.

    Examples
    --------
    >>> table = pd.DataFrame({"patient_id": ["A", "B"], "month": 0.0, "analyte": "IL-1Ra",
    ...                       "concentration": [400.0, 600.0], "bound": "in_range"})
    >>> summarise_levels(table)[["n", "mean"]].values.tolist()
    [[2.0, 500.0]]
    """
    known = cytokines.dropna(subset=["concentration"])
    known = known.assign(outside=known["bound"].isin(OUTSIDE))
    order = {analyte: place for place, analyte in enumerate(dict.fromkeys(known["analyte"]))}
    levels = known.groupby(["analyte", "month"], as_index=False).agg(
        n=("concentration", "count"),
        n_outside=("outside", "sum"),
        mean=("concentration", "mean"),
        median=("concentration", "median"),
        lowest=("concentration", "min"),
        highest=("concentration", "max"),
    )
    for end, bound in (("lowest", "below"), ("highest", "above")):
        limits = known[known["bound"] == bound].set_index(["analyte", "month"])["concentration"]
        met = set(limits.items())
        keys = zip(zip(levels["analyte"], levels["month"], strict=True), levels[end], strict=True)
        levels[f"{end}_is_limit"] = [key in met for key in keys]
    places = levels["analyte"].map(order)
    return levels.loc[places.sort_values(kind="stable").index].reset_index(drop=True)


def flag_above_reference(
    cytokines: pd.DataFrame, references: Mapping[str, ReferenceRange]
) -> pd.DataFrame:
    """Tell which values are higher than any that the reference source saw in healthy people.

    Parameters
    ----------
    cytokines : DataFrame
        One row per patient, month and analyte.
    references : mapping of str to ReferenceRange
        Range of healthy people, by analyte; proteins without one have no rows.

    Returns
    -------
    DataFrame
        One row per measured value with a reference: patient_id, month, analyte, above (missing
        where a limit of quantification leaves it open).

    Raises
    ------
    ValueError
        When the reference has another unit than the table.

    Examples
    --------
    >>> healthy = ReferenceRange(low=11, high=839, unit="pg/mL", source="Son 2000")
    >>> table = pd.DataFrame({"patient_id": ["A", "B"], "month": 0.0, "analyte": "IL-1Ra",
    ...     "concentration": [839.0, 840.0], "unit": "pg/mL", "bound": "in_range"})
    >>> flag_above_reference(table, {"IL-1Ra": healthy})["above"].tolist()
    [False, True]
    """
    rows = cytokines[cytokines["analyte"].isin(list(references))]
    rows = rows.dropna(subset=["concentration"]).reset_index(drop=True)
    _refuse_other_units(rows, references)
    high = rows["analyte"].map({name: reference.high for name, reference in references.items()})
    above = (rows["concentration"] > high).astype("boolean")
    open_below = (rows["bound"] == "below") & (rows["concentration"] > high)
    open_above = (rows["bound"] == "above") & (rows["concentration"] < high)
    surely = (rows["bound"] == "above") & (rows["concentration"] >= high)
    flags = above.mask(surely, True).mask(open_below | open_above, pd.NA)
    return rows[[*VISIT, "analyte"]].assign(above=flags)


def _refuse_other_units(rows: pd.DataFrame, references: Mapping[str, ReferenceRange]) -> None:
    units = rows.groupby("analyte", sort=False)["unit"].first()
    wrong = [
        f"{analyte} in {unit}, reference in {references[str(analyte)].unit}"
        for analyte, unit in units.items()
        if unit != references[str(analyte)].unit
    ]
    if wrong:
        raise ValueError(
            f"references: expected the unit of the table cytokines, found {'; '.join(wrong)}; "
            "convert the reference in study.yml"
        )
