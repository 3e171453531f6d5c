import pandas as pd
import pytest

from helpers.derive.course.disposition import (
    derive_disposition,
    summarise_outcomes,
    summarise_retention,
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


def test_retention_counts_everybody_whose_last_month_is_that_one_or_later(trial):
    table = summarise_retention(trial, months=[0, 3, 6, 12])
    assert table["n_retained"].tolist() == [15, 13, 11, 9]
    assert table["n_enrolled"].tolist() == [15] * 4
    assert table["percent"].tolist() == pytest.approx([100, 86.6666667, 73.3333333, 60])
    assert table["left_since_previous"].tolist() == ["", "P01, P02", "P03, P04", "P05, P06"]


@pytest.mark.parametrize(("last", "retained"), [(2.9, 0), (3.0, 1), (3.1, 1)])
def test_the_last_month_itself_still_counts(last, retained):
    table = summarise_retention(disposition(("P1", last, False, "x")), months=[3])
    assert table["n_retained"].item() == retained


def test_reasons_add_up_to_everybody(trial):
    table = summarise_outcomes(trial)
    assert table["outcome"].tolist() == [
        "completed",
        "muscle symptoms",
        "skin rash",
        "headache",
        "no effect",
    ]
    assert table["n"].tolist() == [9, 2, 2, 1, 1]
    assert table["percent"].sum() == pytest.approx(100)
    assert table["patients"].tolist()[1:3] == ["P03, P04", "P01, P02"]


def test_every_patient_is_in_exactly_one_outcome(trial):
    outcomes = derive_disposition(trial)
    assert outcomes["patient_id"].tolist() == trial["patient_id"].tolist()
    named = ", ".join(summarise_outcomes(trial)["patients"]).split(", ")
    assert sorted(named) == trial["patient_id"].tolist()


def test_a_reason_not_given_is_an_outcome_of_its_own():
    table = disposition(("P1", 3.0, False, None))
    assert derive_disposition(table)["outcome"].tolist() == ["reason not given"]
    assert summarise_outcomes(table)["n"].tolist() == [0, 1]


def test_completion_is_shown_even_when_nobody_completed_and_with_no_patient():
    table = summarise_outcomes(disposition())
    assert table["outcome"].tolist() == ["completed"]
    assert table["n"].tolist() == [0]
    assert table["percent"].isna().all()
    retention = summarise_retention(disposition(), months=[0])
    assert retention["n_retained"].tolist() == [0]
    assert retention["percent"].isna().all()


def test_all_contradictions_are_reported_at_once():
    table = disposition(
        ("P1", 12.0, True, "headache"), ("P2", None, False, "x"), ("P3", 1.0, None, None)
    )
    with pytest.raises(
        ValueError,
        match="enrolled but absent: P4; present but not enrolled: P3; completed yet with a reason "
        "for stopping: P1; without last month or completion: P2, P3",
    ):
        derive_disposition(table, patients=["P1", "P2", "P4"])


def test_everybody_enrolled_and_nobody_else_is_fine(trial):
    assert len(derive_disposition(trial, patients=trial["patient_id"])) == 15


def test_repeated_patients_negative_months_and_unordered_visits_are_refused(trial):
    with pytest.raises(ValueError, match=r"disposition: expected one row per patient_id, found"):
        derive_disposition(pd.concat([trial, trial]))
    with pytest.raises(ValueError, match="column last_month: expected values of 0 or more"):
        derive_disposition(disposition(("P1", -1.0, True, None)))
    with pytest.raises(ValueError, match="months: expected rising months, found 6, 3"):
        summarise_retention(trial, months=[6, 3])
