"""One patient's course on one time axis: treatments in days, and how far each test moved."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.derive.checks import check_table, keep_text, list_some, round_for_comparison
from helpers.derive.course.disposition import flag_death

DAYS_PER_MONTH = 365.25 / 12
"""The length of a month where a table gives months and the time axis days."""

_CHANGE = ["patient_id", "test", "unit", "before_day", "before", "after_day", "after"]
_COURSE = ["patient_id", "drug", "dose", "unit", "start_month", "end_month"]
_RESULT = ["interval_days", "change", "change_percent", "reason"]


def choose_case(labs: pd.DataFrame, events: pd.DataFrame, *, patient_id: str = "") -> str:
    """Choose whose course is shown: the one asked for, or the first who has one.

    Parameters
    ----------
    labs, events : DataFrame
        Tables with patient_id.
    patient_id : str
        Who is asked for; empty for the first.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        When the patient has neither a test nor an event.

    Examples
    --------
    >>> choose_case(pd.DataFrame({"patient_id": ["C1"]}), pd.DataFrame({"patient_id": ["C2"]}))
    'C1'
    """
    known = list(dict.fromkeys([*labs["patient_id"], *events["patient_id"]]))
    if not known:
        raise ValueError("labs and case_events: expected at least one row, found none.")
    if patient_id and patient_id not in known:
        raise ValueError(
            f"patient_id: expected a patient with rows in labs or case_events "
            f"({list_some(known)}); found {patient_id}."
        )
    return patient_id or str(known[0])


def select_patient(table: pd.DataFrame, patient_id: str) -> pd.DataFrame:
    """Keep the rows of one patient.

    Examples
    --------
    >>> len(select_patient(pd.DataFrame({"patient_id": ["C1", "C2"]}), "C2"))
    1
    """
    return table[table["patient_id"] == patient_id].reset_index(drop=True)


def list_others(labs: pd.DataFrame, events: pd.DataFrame, patient_id: str) -> list[str]:
    """Name the other patients who have a course of their own.

    Examples
    --------
    >>> cases = pd.DataFrame({"patient_id": ["C1", "C2"]})
    >>> list_others(cases, cases, "C1")
    ['C2']
    """
    known = dict.fromkeys([*labs["patient_id"], *events["patient_id"]])
    return [patient for patient in known if patient != patient_id]


def derive_lab_change(labs: pd.DataFrame, *, start_day: float = 0.0) -> pd.DataFrame:
    """Say how far each test moved from its last value before treatment, in per cent of it.

    Parameters
    ----------
    labs : DataFrame
        One row per patient, day and test: value, unit. Missing values are passed over.
    start_day : float
        First day of treatment; the last value on this day or before counts as before.

    Returns
    -------
    DataFrame
        One row per patient, test and later value, in the order of the table; a test that cannot be
        compared has one row: patient_id, test, unit, before_day, before, after_day, after,
        interval_days, change (after - before), change_percent (100 * change / before, rounded to
        1e-9), reason (empty, or why change_percent is missing).

    Raises
    ------
    ValueError
        When a column is absent or a test has two values on one day.

    Notes
    -----
    Two values of one patient give a difference and nothing to judge it by: how far the test moves
    by itself is not known. A large percentage of a small value is still a small change.

    Examples
    --------
    >>> labs = pd.DataFrame({"patient_id": "C1", "day": [0.0, 8.0], "test": "CRP",
    ...                      "value": [100.0, 25.0], "unit": "mg/L"})
    >>> derive_lab_change(labs)[["interval_days", "change_percent"]].values.tolist()
    [[8.0, -75.0]]
    """
    check_table(labs, name="labs", columns=["value", "unit"], key=["patient_id", "day", "test"])
    rows: list[dict[str, object]] = []
    for (patient, test), values in labs.groupby(["patient_id", "test"], sort=False):
        about = {"patient_id": patient, "test": test}
        rows += [about | pair for pair in _pair_values(values, start_day)]
    changes = pd.DataFrame(rows, columns=[*_CHANGE, "reason"])
    numbers = ["before_day", "before", "after_day", "after"]
    changes = changes.astype(dict.fromkeys(numbers, "float64"))
    return keep_text(_express_change(changes), ["patient_id", "test", "unit", "reason"])


def _pair_values(values: pd.DataFrame, start_day: float) -> list[dict[str, object]]:
    known = values.dropna(subset=["value"]).sort_values("day")
    before, after = known[known["day"] <= start_day], known[known["day"] > start_day]
    first = list_rows(before.tail(1))
    if not first or after.empty:
        single = (list_rows(known.head(1)) or list_rows(values.head(1)))[0]
        side = "before" if first else "after"
        seen = {f"{side}_day": single["day"], side: single["value"]}
        return [{"unit": single["unit"], **seen, "reason": _say_absence(before, after)}]
    start = first[0]
    return [
        {
            "unit": start["unit"],
            "before_day": start["day"],
            "before": start["value"],
            "after_day": later["day"],
            "after": later["value"],
            "reason": ""
            if later["unit"] == start["unit"]
            else f"the units differ ({start['unit']} and {later['unit']})",
        }
        for later in list_rows(after)
    ]


def _say_absence(before: pd.DataFrame, after: pd.DataFrame) -> str:
    if before.empty and after.empty:
        return "no value"
    return "no value before treatment" if before.empty else "no value after the start of treatment"


def _express_change(changes: pd.DataFrame) -> pd.DataFrame:
    comparable = changes["reason"] == ""
    change = (changes["after"] - changes["before"]).where(comparable)
    from_zero = comparable & (changes["before"] == 0)
    percent = change / changes["before"].replace(0, np.nan) * 100
    reason = changes["reason"].mask(from_zero, "the value before is 0, so there is no percentage")
    return changes.assign(
        interval_days=(changes["after_day"] - changes["before_day"]).where(comparable),
        change=round_for_comparison(change),
        change_percent=round_for_comparison(percent),
        reason=reason,
    )[[*_CHANGE, *_RESULT]]


def derive_courses(medications: pd.DataFrame | None) -> pd.DataFrame:
    """Give each course of a drug in days, keeping apart what was recorded and what was not.

    Parameters
    ----------
    medications : DataFrame or None
        One row per course: patient_id, drug, dose, unit, start_month, end_month; None where the
        study has no such table.

    Returns
    -------
    DataFrame
        One row per course, in the order of the table: patient_id, drug, dose, unit, start_day,
        end_day. Days are rounded to whole ones; a month without an entry stays missing.

    Examples
    --------
    >>> courses = pd.DataFrame({"patient_id": ["C1"], "drug": "rituximab", "dose": 100.0,
    ...     "unit": "mg/day", "start_month": 0.0, "end_month": 4.0})
    >>> derive_courses(courses)[["start_day", "end_day"]].values.tolist()
    [[0.0, 122.0]]
    """
    columns = ["patient_id", "drug", "dose", "unit", "start_day", "end_day"]
    if medications is None:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in columns})
    check_table(medications, name="medications", columns=_COURSE, key=[])
    days = {
        f"{end}_day": (medications[f"{end}_month"].astype("float64") * DAYS_PER_MONTH).round() + 0.0
        for end in ("start", "end")
    }
    return medications.assign(**days)[columns].reset_index(drop=True)


def list_ongoing(courses: pd.DataFrame, *, start_day: float = 0.0) -> list[str]:
    """Name the drugs begun earlier of which no end before treatment is recorded.

    Whoever judges the treatment must ask what else was being given. A drug without recorded dates
    is named too, because it may have been.

    Parameters
    ----------
    courses : DataFrame
        From `derive_courses`.
    start_day : float
        First day of treatment; what began on it is the treatment and not named.

    Returns
    -------
    list of str
        In the order of the table, each once.

    Examples
    --------
    >>> courses = pd.DataFrame({"drug": ["rituximab", "prednisone", "azathioprine"],
    ...     "start_day": [0.0, None, None], "end_day": [None, None, -30.0]})
    >>> list_ongoing(courses)
    ['prednisone']
    """
    start, end = courses["start_day"].astype("float64"), courses["end_day"].astype("float64")
    begun = start.isna() | (start < start_day)
    open_ended = end.isna() | (end > start_day)
    return list(dict.fromkeys(courses.loc[begun & open_ended, "drug"]))


def list_started(courses: pd.DataFrame, *, start_day: float = 0.0) -> list[str]:
    """Name the drugs that began on the first day of treatment and were given beyond it.

    Examples
    --------
    >>> courses = pd.DataFrame({"drug": ["rituximab", "tracer"], "start_day": [0.0, 0.0],
    ...                         "end_day": [None, 0.0]})
    >>> list_started(courses)
    ['rituximab']
    """
    start, end = courses["start_day"].astype("float64"), courses["end_day"].astype("float64")
    lasting = end.isna() | (end > start_day)
    return list(dict.fromkeys(courses.loc[(start == start_day) & lasting, "drug"]))


def order_events(events: pd.DataFrame) -> pd.DataFrame:
    """Put the events in order of time, those without a day last, in the order of the table.

    Examples
    --------
    >>> events = pd.DataFrame({"day": [None, 8.0, 0.0], "event": ["c", "b", "a"]})
    >>> order_events(events)["event"].tolist()
    ['a', 'b', 'c']
    """
    return events.sort_values("day", kind="stable", na_position="last").reset_index(drop=True)


def find_span(*days: pd.Series) -> tuple[float, float] | None:
    """Find the first and the last day of everything that is dated.

    Parameters
    ----------
    *days : Series of float
        Days of tests, events and courses; missing ones are passed over.

    Returns
    -------
    (float, float) or None
        None where nothing is dated.

    Examples
    --------
    >>> find_span(pd.Series([0.0, 8.0]), pd.Series([None, 274.0]))
    (0.0, 274.0)
    """
    known = [float(day) for series in days for day in series.dropna()]
    return (min(known), max(known)) if known else None


def end_at_death(courses: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """End courses without a last day on the day of death, where that is recorded.

    Parameters
    ----------
    courses : DataFrame
        One row per course: end_day, missing where not recorded.
    events : DataFrame
        The patient's case_events: day, kind, event.

    Returns
    -------
    DataFrame
        As given, with end_day; no course lasts beyond the death.

    Examples
    --------
    >>> courses = pd.DataFrame({"end_day": [float("nan"), 8.0]})
    >>> events = pd.DataFrame({"day": [90.0], "kind": ["outcome"], "event": ["sudden death"]})
    >>> end_at_death(courses, events)["end_day"].tolist()
    [90.0, 8.0]
    """
    outcomes = events[(events["kind"] == "outcome") & events["day"].notna()]
    deaths = outcomes[flag_death(outcomes["event"])]
    if deaths.empty:
        return courses
    died = float(deaths["day"].min())
    return courses.assign(end_day=courses["end_day"].fillna(died).clip(upper=died))
