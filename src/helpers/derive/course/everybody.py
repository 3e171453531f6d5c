"""Everybody in one list: how each patient responded, how long each stayed, why each left."""

from __future__ import annotations

import pandas as pd

from helpers.derive.course.disposition import COMPLETED

STANDINGS = ("improved", "unchanged", "worse", "not judged")
"""How a patient stands over all visits, best first."""

_STANDING_OF = {"improved": "improved", "unchanged": "unchanged", "worsened": "worse"}


def list_everybody(
    patients: pd.DataFrame,
    *,
    best: pd.DataFrame | None = None,
    categories: pd.DataFrame | None = None,
    outcomes: pd.DataFrame | None = None,
    reached: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List everybody who entered, responders first.

    Parameters
    ----------
    patients : DataFrame
        patient_id, arm and, where known, diagnosis.
    best : DataFrame, optional
        One row per patient: best_response. Without it nobody is judged.
    categories : DataFrame, optional
        One row per patient and month: category.
    outcomes : DataFrame, optional
        One row per patient: last_month, outcome. Without it nobody is known to have left.
    reached : DataFrame, optional
        One row per patient: reached (boolean; missing where not judged).

    Returns
    -------
    DataFrame
        One row per patient: patient_id, arm, diagnosis (empty where unknown), standing (one of
        `STANDINGS`), last_month (missing where unknown), reason (empty for who completed), reached
        (boolean). Within an arm by standing, then by number of visits with improvement, then by
        time in the study, longest first.

    Examples
    --------
    >>> entered = pd.DataFrame({"patient_id": ["A", "B"], "arm": "drug"})
    >>> best = pd.DataFrame({"patient_id": ["A", "B"], "best_response": ["worsened", "improved"]})
    >>> list_everybody(entered, best=best)[["patient_id", "standing"]].values.tolist()
    [['B', 'improved'], ['A', 'worse']]
    """
    table = patients[["patient_id", "arm"]].reset_index(drop=True)
    ids = table["patient_id"]
    diagnosis = patients.set_index("patient_id").get("diagnosis", pd.Series(dtype="str"))
    table["diagnosis"] = ids.map(diagnosis).astype("str").where(ids.map(diagnosis).notna(), "")
    table["standing"] = _find_standing(ids, best)
    ended = None if outcomes is None else outcomes.set_index("patient_id")
    table["last_month"] = float("nan") if ended is None else ids.map(ended["last_month"])
    reason = pd.Series("", index=table.index) if ended is None else ids.map(ended["outcome"])
    table["reason"] = reason.astype("str").mask(reason == COMPLETED, "")
    flags = None if reached is None else reached.set_index("patient_id")["reached"]
    table["reached"] = pd.NA if flags is None else ids.map(flags).array
    table["reached"] = table["reached"].astype("boolean")
    return _order(table, categories)


def _find_standing(ids: pd.Series, best: pd.DataFrame | None) -> pd.Series:
    if best is None:
        return pd.Series(STANDINGS[-1], index=ids.index)
    found = ids.map(best.set_index("patient_id")["best_response"]).map(_STANDING_OF)
    return found.fillna(STANDINGS[-1])


def _order(table: pd.DataFrame, categories: pd.DataFrame | None) -> pd.DataFrame:
    improved = pd.Series(0, index=table.index)
    if categories is not None:
        good = categories[categories["category"] == "improved"]
        improved = table["patient_id"].map(good["patient_id"].value_counts()).fillna(0)
    arms = {arm: place for place, arm in enumerate(table["arm"].unique())}
    keys = table.assign(
        arm=table["arm"].map(arms),
        standing=table["standing"].map(STANDINGS.index),
        improved=-improved,
        last_month=-table["last_month"].fillna(0),
    )
    order = keys.sort_values(["arm", "standing", "improved", "last_month"], kind="stable").index
    return table.loc[order].reset_index(drop=True)
