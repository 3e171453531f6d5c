import pandas as pd
import pytest

from helpers.derive.course.disposition import (
    HAD_LEFT,
    IN_STUDY,
    NOT_DUE,
    derive_disposition,
    derive_presence,
    derive_status,
    flag_death,
)

REASONS = ["skin rash", "skin rash", "muscle symptoms", "muscle symptoms", "headache", "no effect"]


def disposition(*rows):
    table = pd.DataFrame(rows, columns=["patient_id", "last_month", "completed", "stop_reason"])
    return table.astype(
        {"last_month": "float64", "completed": "boolean", "stop_reason": "str", "patient_id": "str"}
    )


@pytest.fixture
def trial():
    """A trial of the published shape: 15 entered, 13, 11 and 9 left at 3, 6 and 12 months."""
    months = [1.0, 2.0, 3.0, 5.0, 6.0, 9.0]
    rows = [
        (f"P{place + 1:02d}", month, False, reason)
        for place, (month, reason) in enumerate(zip(months, REASONS, strict=True))
    ]
    rows += [(f"P{place:02d}", 12.0, True, None) for place in range(7, 16)]
    return disposition(*rows)


def test_every_patient_is_in_exactly_one_outcome(trial):
    outcomes = derive_disposition(trial)
    assert outcomes["patient_id"].tolist() == trial["patient_id"].tolist()
    assert outcomes["outcome"].value_counts()["completed"] == 9


def test_a_reason_not_given_is_an_outcome_of_its_own():
    table = disposition(("P1", 3.0, False, None))
    assert derive_disposition(table)["outcome"].tolist() == ["reason not given"]


def test_all_contradictions_are_reported_at_once():
    table = disposition(
        ("P1", 12.0, True, "headache"), ("P2", None, False, "x"), ("P3", 1.0, None, None)
    )
    with pytest.raises(
        ValueError,
        match="enrolled but absent: P4; present but not enrolled: P3; completed or ongoing yet "
        "with a reason for stopping: P1; without last month or completed: P2, P3",
    ):
        derive_disposition(table, patients=["P1", "P2", "P4"])


def test_everybody_enrolled_and_nobody_else_is_fine(trial):
    assert len(derive_disposition(trial, patients=trial["patient_id"])) == 15


def test_repeated_patients_and_negative_months_are_refused(trial):
    with pytest.raises(ValueError, match=r"disposition: expected one row per patient_id, found"):
        derive_disposition(pd.concat([trial, trial]))
    with pytest.raises(ValueError, match="column last_month: expected values of 0 or more"):
        derive_disposition(disposition(("P1", -1.0, True, None)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("death", True),
        ("Sudden death", True),
        ("died of pneumonia", True),
        ("fatal arrhythmia", True),
        ("death of unknown cause", True),
        ("death of his wife", False),
        ("death in the family", False),
        ("non-fatal stroke", False),
        ("muscle cell death in biopsy", False),
        ("headache", False),
        (None, False),
    ],
)
def test_a_death_is_told_from_somebody_elses(text, says):
    assert flag_death(pd.Series([text], dtype="str")).tolist() == [says]


def test_a_status_says_more_than_a_flag_and_a_reason_that_is_a_death_is_one():
    stops = pd.DataFrame(
        {
            "patient_id": list("ABCD"),
            "last_month": [6.0, 2.0, 3.0, 4.0],
            "status": ["completed", "ongoing", "left", "left"],
            "stop_reason": [None, None, "moved", "died at home"],
        }
    )
    assert derive_status(stops).tolist() == ["completed", "ongoing", "left", "died"]
    assert derive_disposition(stops)["outcome"].tolist() == [
        *("completed", "ongoing", "moved", "died at home")
    ]


@pytest.mark.parametrize(
    ("status", "last", "window", "presence"),
    [
        ("completed", 5.98, 0.0, IN_STUDY),
        ("left", 5.98, 0.0, HAD_LEFT),
        ("left", 5.98, 0.02, IN_STUDY),
        ("left", 6.0, 0.0, IN_STUDY),
        ("died", 5.0, 0.5, HAD_LEFT),
        ("ongoing", 5.9, 0.0, NOT_DUE),
        ("ongoing", 6.0, 0.0, IN_STUDY),
    ],
)
def test_a_visit_is_due_gone_or_yet_to_come(status, last, window, presence):
    table = pd.DataFrame(
        {"patient_id": ["A"], "last_month": last, "status": status, "stop_reason": None}
    )
    [found] = derive_presence(table, months=[6], window=window)["presence"]
    assert found == presence
