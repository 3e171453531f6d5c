"""What patients took beside the study's treatment: doses at entry, and how they changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.derive.course.cohort import ALL
from helpers.derive.course.safety import find_study_drugs

COLUMNS = ["patient_id", "drug", "unit", "dose", "last_dose", "change"]


def derive_doses(
    patients: pd.DataFrame,
    medications: pd.DataFrame | None,
    last_months: Mapping[str, float],
    *,
    baseline_month: float = 0.0,
) -> pd.DataFrame:
    """Give each patient's dose of each drug at entry and at the end of the time in the study.

    Parameters
    ----------
    patients : DataFrame
        patient_id and arm of everybody who entered.
    medications : DataFrame or None
        One row per course: patient_id, drug, dose, unit, start_month, end_month (missing: still
        taken). A drug that an arm is named after is the study's own and is left out.
    last_months : mapping of str to float
        Each patient's last month in the study.
    baseline_month : float
        Month of entry.

    Returns
    -------
    DataFrame
        One row per patient, drug and unit of a course at entry: dose (added up where courses
        overlap; missing where one is not known), last_dose (the same up to the last month; 0 where
        the last course had ended before), change. No rows where no drugs were recorded.

    Examples
    --------
    >>> courses = pd.DataFrame({"patient_id": ["A", "A"], "drug": "prednisolone",
    ...                         "dose": [10.0, 5.0], "unit": "mg/day",
    ...                         "start_month": [-9.0, 3.0], "end_month": [3.0, None]})
    >>> patients = pd.DataFrame({"patient_id": ["A"], "arm": ["drug"]})
    >>> derive_doses(patients, courses, {"A": 6.0})[["dose", "change"]].values.tolist()
    [[10.0, -5.0]]
    """
    if medications is None:
        return pd.DataFrame(columns=COLUMNS)
    own = set(find_study_drugs(patients, medications).values())
    beside = medications[~medications["drug"].isin(own)]
    rows = []
    for (patient, drug), courses in beside.groupby(["patient_id", "drug"], sort=False):
        start, end_month = courses["start_month"], courses["end_month"].fillna(float("inf"))
        last_month = last_months.get(str(patient), float("nan"))
        entry = courses[(start <= baseline_month) & (end_month > baseline_month)]
        end = courses[(start < last_month) & (end_month >= last_month)]
        for unit, taken in entry.groupby("unit", dropna=False, sort=False):
            same = end.empty or (end["unit"].nunique() == 1 and end["unit"].iloc[0] == unit)
            known = same and str(patient) in last_months
            dose = taken["dose"].sum(skipna=False)
            last = end["dose"].sum(skipna=False) if known else float("nan")
            rows.append((patient, drug, unit, dose, last, last - dose))
    return pd.DataFrame(rows, columns=COLUMNS)


def summarise_doses(
    doses: pd.DataFrame, patients: Sequence[str], *, groups: Sequence[pd.Series] = ()
) -> pd.DataFrame:
    """Describe the doses at entry and their change, group by group and all together.

    Parameters
    ----------
    doses : DataFrame
        From `derive_doses`.
    patients : sequence of str
        Everybody who entered.
    groups : sequence of Series
        As in `helpers.derive.course.cohort.summarise_cohort`.

    Returns
    -------
    DataFrame
        One row per drug and unit, what (dose, change) and group: group, drug, unit, what,
        n_patients, n_taking, n (with a value), median, low, high.

    Examples
    --------
    >>> doses = pd.DataFrame([("A", "prednisolone", "mg/day", 10.0, 5.0, -5.0)], columns=COLUMNS)
    >>> summarise_doses(doses, ["A", "B"])[["what", "n_taking", "median"]].values.tolist()
    [['dose', 1, 10.0], ['change', 1, -5.0]]
    """
    everybody = pd.Series(ALL, index=list(patients))
    ways = [way.dropna() for way in groups if way.nunique() > 1]
    rows: list[dict[str, Any]] = []
    for (drug, unit), part in doses.groupby(["drug", "unit"], dropna=False, sort=False):
        for what in ("dose", "change"):
            for way in (*ways, everybody):
                for group in way.unique():
                    members = part[part["patient_id"].isin(way.index[way == group])]
                    known = members[what].dropna()
                    about = {"group": group, "drug": drug, "unit": unit, "what": what}
                    sizes = {"n_patients": int((way == group).sum()), "n_taking": len(members)}
                    rows.append(about | sizes | _describe(known))
    columns = ["group", "drug", "unit", "what", "n_patients", "n_taking"]
    return pd.DataFrame(rows, columns=[*columns, "n", "median", "low", "high"])


def _describe(known: pd.Series) -> dict[str, Any]:
    return {"n": len(known), "median": known.median(), "low": known.min(), "high": known.max()}


def list_last_months(
    patients: Sequence[str], disposition: pd.DataFrame | None, *, end: float
) -> dict[str, float]:
    """Give each patient's last month; the last planned one where who left was not recorded.

    >>> list_last_months(["A"], None, end=6.0)
    {'A': 6.0}
    """
    if disposition is None:
        return dict.fromkeys(patients, end)
    return {row["patient_id"]: row["last_month"] for row in list_rows(disposition)}
