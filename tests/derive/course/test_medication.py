"""Doses at entry, and what became of them, by hand."""

import pandas as pd
import pytest

from helpers.derive.course.medication import derive_doses, list_last_months, summarise_doses

PATIENTS = pd.DataFrame({"patient_id": ["A", "B"], "arm": ["rituximab", "placebo"]})
NO_END = float("nan")


def derive(*courses, last=6.0):
    columns = ["patient_id", "drug", "dose", "unit", "start_month", "end_month"]
    table = pd.DataFrame(courses, columns=columns).astype({"dose": "float64"})
    return derive_doses(PATIENTS, table, dict.fromkeys("AB", last))


@pytest.mark.parametrize(
    ("courses", "dose", "change"),
    [
        ([(10.0, "mg/day", -9.0, NO_END)], 10.0, 0.0),
        ([(10.0, "mg/day", -9.0, 3.0), (5.0, "mg/day", 3.0, NO_END)], 10.0, -5.0),
        ([(10.0, "mg/day", -9.0, 3.0)], 10.0, -10.0),  # stopped
        ([(10.0, "mg/day", -9.0, 6.0)], 10.0, 0.0),  # taken to the last month
        ([(10.0, "mg/day", 0.0, 6.0)], 10.0, 0.0),  # begun at entry
        ([(10.0, "mg/day", -9.0, NO_END), (2.5, "mg/day", -1.0, NO_END)], 12.5, 0.0),
        ([(10.0, "mg/day", -9.0, 3.0), (0.1, "mg/kg/day", 3.0, NO_END)], 10.0, None),
        ([(None, "mg/day", -9.0, NO_END)], None, None),
    ],
)
def test_the_dose_at_entry_and_its_change(courses, dose, change):
    [row] = derive(*(("A", "prednisolone", *course) for course in courses)).to_dict("records")
    found = [None if pd.isna(row[name]) else row[name] for name in ("dose", "change")]
    assert found == [dose, change]


@pytest.mark.parametrize("course", [(-9.0, 0.0), (-9.0, -1.0), (0.5, NO_END)])
def test_a_course_that_is_not_running_at_entry_is_none(course):
    assert derive(("A", "prednisolone", 10.0, "mg/day", *course)).empty


def test_the_drug_of_an_arm_is_the_studys_own():
    assert derive(("A", "Rituximab", 1000.0, "mg", 0.0, NO_END)).empty
    assert derive_doses(PATIENTS, None, {}).empty


def test_everybody_is_counted_and_only_who_takes_it_has_a_dose():
    doses = derive(("A", "prednisolone", 10.0, "mg/day", -9.0, 3.0))
    rows = summarise_doses(doses, ["A", "B"], groups=[pd.Series({"A": "x", "B": "y"})])
    at_entry = rows[rows["what"] == "dose"].set_index("group")
    assert at_entry["n_taking"].to_dict() == {"x": 1, "y": 0, "all": 1}
    assert at_entry["n_patients"].to_dict() == {"x": 1, "y": 1, "all": 2}
    assert at_entry["median"].fillna(-1).to_dict() == {"x": 10.0, "y": -1.0, "all": 10.0}


def test_without_a_disposition_the_last_planned_month_is_the_last():
    table = pd.DataFrame({"patient_id": ["A"], "last_month": [2.0]})
    assert list_last_months(["A"], table, end=6.0) == {"A": 2.0}
