"""Everybody in one list: nobody left out, responders first."""

import pandas as pd

from helpers.derive.course.everybody import list_everybody

PATIENTS = pd.DataFrame(
    {
        "patient_id": ["A", "B", "C", "D"],
        "arm": ["x", "x", "x", "y"],
        "diagnosis": ["DM", None, "PM", "DM"],
    }
)
BEST = pd.DataFrame(
    {
        "patient_id": ["A", "B", "C", "D"],
        "best_response": ["worsened", "improved", "improved", "not evaluable"],
    }
)
CATEGORIES = pd.DataFrame(
    {"patient_id": ["B", "C", "C"], "month": [3.0, 3.0, 6.0], "category": "improved"}
)
OUTCOMES = pd.DataFrame(
    {
        "patient_id": ["A", "B", "C", "D"],
        "last_month": [2.0, 12.0, 6.0, 12.0],
        "outcome": ["headache", "completed", "rash", "completed"],
    }
)


def test_arms_stand_apart_and_within_them_the_best_and_the_longest_come_first():
    listed = list_everybody(PATIENTS, best=BEST, categories=CATEGORIES, outcomes=OUTCOMES)
    assert listed["patient_id"].tolist() == ["C", "B", "A", "D"]
    assert listed["standing"].tolist() == ["improved", "improved", "worse", "not judged"]
    assert listed["reason"].tolist() == ["rash", "", "headache", ""]
    assert listed["diagnosis"].tolist() == ["PM", "", "DM", "DM"]


def test_what_is_not_known_is_missing_and_nobody_is_lost():
    listed = list_everybody(PATIENTS[["patient_id", "arm"]])
    assert listed["patient_id"].tolist() == ["A", "B", "C", "D"]
    assert set(listed["standing"]) == {"not judged"}
    assert listed["last_month"].isna().all()
    assert listed["reached"].isna().all()


def test_the_primary_outcome_stands_beside_each_patient():
    reached = pd.DataFrame({"patient_id": ["A", "B"], "reached": [True, False]})
    flags = list_everybody(PATIENTS, reached=reached).set_index("patient_id")["reached"]
    assert flags["A"]
    assert not flags["B"]
    assert pd.isna(flags["C"])
