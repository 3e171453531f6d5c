"""The course of one patient: changes from the last value before, days, and what is not recorded."""

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given, settings

from helpers.derive.course.case_timeline import (
    choose_case,
    derive_courses,
    derive_lab_change,
    find_span,
    list_ongoing,
    list_started,
    order_events,
)
from helpers.study import read_study

NA = float("nan")


def make_labs(*values, unit="mg/L", test="CRP"):
    """Values as (day, value) pairs of one test of patient C1."""
    rows = [
        {"patient_id": "C1", "day": float(day), "test": test, "value": value, "unit": unit}
        for day, value in values
    ]
    return pd.DataFrame(rows)


def test_the_published_case_moves_as_printed():
    # Groh 2015: CRP 179 to 31 mg/L in 8 days, albumin 22 to 32 g/L in 1 month, SUVmax -46 %.
    labs = read_study("anti_mda5_case", tables=["labs"]).table("labs")
    change = derive_lab_change(labs).set_index("test")
    assert change.loc["CRP", "interval_days"] == 8
    assert change.loc["CRP", "change_percent"] == pytest.approx(-82.681564, abs=1e-6)  # 148/179
    assert change.loc["albumin", "change_percent"] == pytest.approx(45.454545, abs=1e-6)  # 10/22
    assert change.loc["PET SUVmax", ["interval_days", "change_percent"]].tolist() == [122, -46]
    assert change.loc["weight lost over 2 years", "reason"] == (
        "no value after the start of treatment"
    )


def test_before_is_the_last_value_on_the_first_day_or_earlier():
    change = derive_lab_change(make_labs((-30, 200), (0, 100), (1, 50), (20, 25)))
    assert change[["before_day", "before"]].to_numpy().tolist() == [[0, 100], [0, 100]]
    assert change["change_percent"].tolist() == [-50, -75]
    later_start = derive_lab_change(make_labs((0, 100), (1, 50), (20, 25)), start_day=1.0)
    assert later_start[["before", "after"]].to_numpy().tolist() == [[50, 25]]


def test_missing_values_are_passed_over():
    change = derive_lab_change(make_labs((-1, 80), (0, NA), (8, NA), (9, 40)))
    assert change[["before", "after", "interval_days"]].to_numpy().tolist() == [[80, 40, 10]]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([(0, 5.0)], "no value after the start of treatment"),
        ([(8, 5.0)], "no value before treatment"),
        ([(0, NA), (8, NA)], "no value"),
        ([(0, NA), (8, 5.0)], "no value before treatment"),
        ([(0, 0.0), (8, 5.0)], "the value before is 0, so there is no percentage"),
    ],
)
def test_what_cannot_be_compared_says_why(values, reason):
    change = derive_lab_change(make_labs(*values))
    assert change["reason"].tolist() == [reason]
    assert change["change_percent"].isna().all()


def test_a_rise_from_zero_keeps_its_difference():
    change = derive_lab_change(make_labs((0, 0.0), (8, 5.0)))
    assert change["change"].tolist() == [5]


def test_values_in_two_units_are_not_compared():
    labs = pd.concat([make_labs((0, 1.0), unit="mg/dL"), make_labs((8, 10.0), unit="mg/L")])
    change = derive_lab_change(labs)
    assert change["reason"].tolist() == ["the units differ (mg/dL and mg/L)"]
    assert change[["interval_days", "change", "change_percent"]].isna().all(axis=None)


def test_two_values_of_one_day_are_refused():
    with pytest.raises(ValueError, match=r"labs: expected one row per patient_id x day x test"):
        derive_lab_change(make_labs((0, 1.0), (0, 2.0)))


def test_no_labs_give_no_changes():
    empty = derive_lab_change(make_labs((0, 1.0)).iloc[:0])
    assert empty.empty
    assert "change_percent" in empty


@settings(deadline=None, max_examples=30)
@given(before=st.floats(0.1, 1e4), after=st.floats(0, 1e4), factor=st.floats(0.01, 100))
def test_a_percentage_does_not_depend_on_the_unit(before, after, factor):
    plain = derive_lab_change(make_labs((0, before), (8, after)))
    scaled = derive_lab_change(make_labs((0, before * factor), (8, after * factor)))
    expected = plain["change_percent"].iloc[0]
    assert scaled["change_percent"].iloc[0] == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_months_become_whole_days_and_missing_ones_stay_missing():
    medications = pd.DataFrame(
        {
            "patient_id": "C1",
            "drug": ["a", "b", "c"],
            "dose": [1.0, NA, 2.0],
            "unit": "mg",
            "start_month": [0.0, NA, -1.0],
            "end_month": [4.0, -1.0, NA],
        }
    )
    courses = derive_courses(medications)
    assert courses["start_day"].tolist()[::2] == [0, -30]  # 1 x 30.4375
    assert courses["end_day"].tolist()[:2] == [122, -30]  # 4 x 30.4375 = 121.75
    assert courses["start_day"].isna().tolist() == [False, True, False]
    assert courses["end_day"].isna().tolist() == [False, False, True]


def test_without_a_table_of_drugs_there_are_no_courses():
    courses = derive_courses(None)
    assert courses.empty
    assert list_ongoing(courses) == []
    assert list_started(courses) == []


def test_what_was_given_beside_the_treatment_leaves_out_what_had_ended():
    courses = pd.DataFrame(
        {
            "drug": ["anakinra", "tracer", "steroid", "old", "until day 0", "later", "steroid"],
            "start_day": [0.0, 0.0, NA, NA, -9.0, 5.0, -90.0],
            "end_day": [NA, 0.0, NA, -1.0, 0.0, NA, 30.0],
        }
    )
    assert list_ongoing(courses) == ["steroid"]
    assert list_started(courses) == ["anakinra"]


def test_events_without_a_day_come_last_in_their_order():
    events = pd.DataFrame({"day": [NA, 5.0, NA, -1.0, 5.0], "event": list("abcde")})
    assert "".join(order_events(events)["event"]) == "dbeac"


def test_the_axis_spans_what_is_dated():
    assert find_span(pd.Series([NA, 3.0]), pd.Series([-5.0]), pd.Series(dtype=float)) == (-5, 3)
    assert find_span(pd.Series([NA])) is None


def test_the_case_is_the_one_asked_for_or_the_first():
    labs, events = pd.DataFrame({"patient_id": ["C2"]}), pd.DataFrame({"patient_id": ["C1"]})
    assert choose_case(labs, events) == "C2"
    assert choose_case(labs, events, patient_id="C1") == "C1"
    with pytest.raises(ValueError, match=r"rows in labs or case_events \(C2, C1\); found C9"):
        choose_case(labs, events, patient_id="C9")
    with pytest.raises(ValueError, match="expected at least one row, found none"):
        choose_case(labs.iloc[:0], events.iloc[:0])
