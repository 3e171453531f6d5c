"""How long each patient was exposed to a drug, and the patient-years of a study."""

from __future__ import annotations

import pandas as pd

from helpers.derive.checks import check_table, keep_text, list_some, round_for_comparison
from helpers.derive.course.disposition import derive_disposition

MONTHS_PER_YEAR = 12.0


def derive_exposure(
    disposition: pd.DataFrame,
    *,
    medications: pd.DataFrame | None = None,
    drug: str | None = None,
) -> pd.DataFrame:
    """Measure each patient's months on treatment.

    Parameters
    ----------
    disposition : DataFrame
        One row per patient: patient_id, last_month, completed, stop_reason.
    medications : DataFrame, optional
        One row per course: patient_id, drug, start_month, end_month (missing = until the patient's
        last month). Without it everybody is exposed from month 0 to the last month.
    drug : str, optional
        The drug whose courses count; needed with `medications`.

    Returns
    -------
    DataFrame
        One row per patient, in the order of `disposition`:

        - exposure_months, exposure_years : months covered by at least one course, counted once
          where courses overlap, from month 0 to the last month
        - n_courses : courses found (missing without `medications`)
        - source : "courses of <drug>", "no course of <drug>" (0 months) or "time in the study"

    Raises
    ------
    ValueError
        When the drug is named without courses or the other way round, nobody received it, a
        course ends before it starts or has no start, or a patient is not in `disposition`.

    Notes
    -----
    Pauses shorter than a course are not seen.

    Examples
    --------
    >>> disposition = pd.DataFrame({"patient_id": ["P1"], "last_month": [12.0],
    ...                             "completed": [True], "stop_reason": [None]})
    >>> courses = pd.DataFrame({"patient_id": ["P1", "P1"], "drug": "rituximab",
    ...                         "start_month": [0.0, 6.0], "end_month": [3.0, None]})
    >>> derive_exposure(disposition, medications=courses,
    ...                 drug="rituximab")["exposure_months"].tolist()
    [9.0]
    """
    last = derive_disposition(disposition)[["patient_id", "last_month"]]
    if (medications is None) != (drug is None):
        raise ValueError("exposure: give medications and drug together, or neither.")
    if medications is None or drug is None:
        exposure = last.assign(n_courses=float("nan"), source="time in the study")
        exposure["exposure_months"] = exposure["last_month"]
    else:
        exposure = _measure_courses(last, medications, drug)
    exposure["exposure_months"] = round_for_comparison(exposure["exposure_months"])
    exposure["exposure_years"] = exposure["exposure_months"] / MONTHS_PER_YEAR
    columns = ["patient_id", "exposure_months", "exposure_years", "n_courses", "source"]
    return keep_text(exposure[columns].astype({"n_courses": "Int64"}), ["source"])


def _measure_courses(last: pd.DataFrame, medications: pd.DataFrame, drug: str) -> pd.DataFrame:
    check_table(medications, name="medications", columns=["patient_id", "drug"], key=[])
    courses = _clip_courses(last, medications[medications["drug"] == drug], drug)
    by_patient = {
        patient: list(zip(rows["start_month"], rows["end_month"], strict=True))
        for patient, rows in courses.groupby("patient_id")
    }
    lists = [by_patient.get(patient, []) for patient in last["patient_id"]]
    return last.assign(
        exposure_months=[_measure_union(intervals) for intervals in lists],
        n_courses=[len(intervals) for intervals in lists],
        source=[
            f"courses of {drug}" if intervals else f"no course of {drug}" for intervals in lists
        ],
    )


def _clip_courses(last: pd.DataFrame, courses: pd.DataFrame, drug: str) -> pd.DataFrame:
    """Close open courses at the last month, and cut all to the time in the study."""
    if courses.empty:
        raise ValueError(f"medications: no course of {drug} found; check the spelling of the drug.")
    joined = courses[["patient_id", "start_month", "end_month"]].merge(
        last, on="patient_id", how="left"
    )
    faults = {
        "not in disposition": joined["last_month"].isna(),
        "course without start": joined["start_month"].isna(),
        "course that ends before it starts": joined["end_month"] < joined["start_month"],
    }
    found = [
        f"{what}: {list_some(joined.loc[rows, 'patient_id'])}"
        for what, rows in faults.items()
        if rows.any()
    ]
    if found:
        raise ValueError(f"medications, {drug}: {'; '.join(found)}.")
    end = joined["end_month"].astype("float64").fillna(joined["last_month"])
    joined["end_month"] = end.clip(upper=joined["last_month"])
    joined["start_month"] = joined["start_month"].astype("float64").clip(lower=0)
    return joined


def _measure_union(intervals: list[tuple[float, float]]) -> float:
    covered, reached = 0.0, 0.0
    for start, end in sorted(intervals):
        covered += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return covered


def summarise_exposure(exposure: pd.DataFrame) -> pd.DataFrame:
    """Add up the exposure of everybody.

    Parameters
    ----------
    exposure : DataFrame
        One row per patient, from `derive_exposure`.

    Returns
    -------
    DataFrame
        One row: n_patients, patient_months, patient_years, median_months, minimum_months,
        maximum_months (the last three missing when there is no patient).

    Raises
    ------
    ValueError
        When a column is absent or a patient is repeated.

    Examples
    --------
    >>> exposure = pd.DataFrame({"patient_id": ["P1", "P2"], "exposure_months": [12.0, 6.0]})
    >>> summarise_exposure(exposure)["patient_years"].tolist()
    [1.5]
    """
    check_table(exposure, name="exposure", columns=["exposure_months"], key=["patient_id"])
    months = exposure["exposure_months"].astype("float64")
    return pd.DataFrame(
        {
            "n_patients": pd.array([len(months)], dtype="Int64"),
            "patient_months": [months.sum()],
            "patient_years": [months.sum() / MONTHS_PER_YEAR],
            "median_months": [months.median()],
            "minimum_months": [months.min()],
            "maximum_months": [months.max()],
        }
    )
