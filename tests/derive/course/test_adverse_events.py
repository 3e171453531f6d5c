import numpy as np
import pandas as pd
import pytest

from helpers.derive.course.adverse_events import (
    OVERVIEW_ROWS,
    summarise_adverse_event_overview,
    summarise_adverse_events,
)

SKIN, NERVES, INFECTIONS = "skin", "nervous system", "infections"
PATIENTS = ["P1", "P2", "P3", "P4"]


def events(*rows):
    columns = [
        "patient_id",
        "system_organ_class",
        "term",
        "ctcae_grade",
        "serious",
        "related",
        "action",
    ]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype(
        {"ctcae_grade": "Int64", "serious": "boolean", "related": "boolean", "action": "str"}
    )


@pytest.fixture
def trial():
    return events(
        ("P1", SKIN, "rash", 1, False, True, "none"),
        ("P1", SKIN, "rash", 3, True, True, "stopped"),
        ("P1", SKIN, "itch", 1, False, True, "none"),
        ("P2", SKIN, "rash", 2, False, True, "none"),
        ("P3", SKIN, "itch", None, False, None, None),
        ("P2", NERVES, "headache", 2, False, False, "stopped"),
        ("P2", NERVES, "headache", 1, False, False, "none"),
        ("P3", INFECTIONS, "pneumonia", 5, True, False, "none"),
    )


def test_each_patient_counts_once_per_row_at_the_worst_grade(trial):
    table = summarise_adverse_events(trial, patients=PATIENTS)
    skin = table[table["level"] == "class"].set_index("system_organ_class").loc[SKIN]
    assert (skin["n_patients"], skin["percent"], skin["n_events"]) == (3, 75.0, 5)
    grades = [f"worst_grade_{grade}" for grade in (1, 2, 3, 4, 5, "missing")]
    # P1 worst 3, P2 worst 2, P3 not graded
    assert skin[grades].tolist() == [0, 1, 1, 0, 0, 1]
    rash = table.set_index("term").loc["rash"]
    assert (rash["n_patients"], rash["n_events"]) == (2, 3)
    assert rash[grades].tolist() == [0, 1, 1, 0, 0, 0]


def test_worst_grades_add_up_to_the_patients_of_every_row(trial):
    table = summarise_adverse_events(trial, patients=PATIENTS)
    grades = [name for name in table if name.startswith("worst_grade")]
    assert (table[grades].sum(axis=1) == table["n_patients"]).all()
    assert (table["n_patients"] <= table["n_events"]).all()


def test_events_of_terms_add_up_to_their_class_and_classes_to_all(trial):
    table = summarise_adverse_events(trial, patients=PATIENTS)
    by_level = table.groupby("level")["n_events"].sum()
    assert by_level.to_dict() == {"class": 8, "term": 8}


def test_rows_fall_by_patients_then_events_then_name(trial):
    table = summarise_adverse_events(trial, patients=PATIENTS)
    assert table[["system_organ_class", "term"]].to_numpy().tolist() == [
        [SKIN, ""],
        [SKIN, "rash"],
        [SKIN, "itch"],
        [NERVES, ""],
        [NERVES, "headache"],
        [INFECTIONS, ""],
        [INFECTIONS, "pneumonia"],
    ]


def test_exposure_travels_with_the_counts(trial):
    table = summarise_adverse_events(trial, patients=PATIENTS, patient_years=3.5)
    assert (table["patient_years"] == 3.5).all()
    assert summarise_adverse_events(trial, patients=PATIENTS)["patient_years"].isna().all()


def test_the_rows_always_shown(trial):
    table = summarise_adverse_event_overview(trial, patients=PATIENTS, patient_years=3.5)
    found = table.set_index("row")[["n_patients", "n_events", "n_events_unknown"]]
    assert found.T.to_dict("list") == {
        "any adverse event": [3, 8, 0],
        "related to treatment": [2, 4, 1],
        "serious": [2, 2, 0],
        "grade 3 or higher": [2, 2, 1],
        "leading to stopping treatment": [2, 2, 1],
        "death": [1, 1, 0],  # the event without a grade was not serious
    }
    # P3 may have had a related event, or one that led to stopping: of 2 it is known.
    assert table["n_patients_unknown"].tolist() == [0, 1, 0, 0, 1, 0]
    assert table["percent"].fillna(-1).tolist() == [75.0, -1, 50.0, 50.0, -1, 25.0]
    assert table["n_treated"].tolist() == [4] * 6
    assert (table["patient_years"] == 3.5).all()


@pytest.mark.parametrize(
    ("grade", "severe", "death"), [(1, 0, 0), (2, 0, 0), (3, 1, 0), (4, 1, 0), (5, 1, 1)]
)
def test_grade_3_is_severe_and_grade_5_is_death(grade, severe, death):
    table = events(("P1", SKIN, "rash", grade, False, False, "none"))
    overview = summarise_adverse_event_overview(table, patients=PATIENTS).set_index("row")
    assert overview.loc[["grade 3 or higher", "death"], "n_events"].tolist() == [severe, death]


def test_a_trial_without_events_shows_its_rows_with_zero():
    overview = summarise_adverse_event_overview(events(), patients=PATIENTS)
    assert overview["row"].tolist() == list(OVERVIEW_ROWS)
    assert overview["n_patients"].tolist() == [0] * 6
    assert overview["percent"].tolist() == [0.0] * 6
    table = summarise_adverse_events(events(), patients=PATIENTS)
    assert table.empty
    assert "worst_grade_missing" in table


def test_percentages_of_nobody_are_missing():
    overview = summarise_adverse_event_overview(events(), patients=[])
    assert overview["percent"].isna().all()


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("patient_id", "P9", "unknown patients: P9"),
        ("term", None, "empty in row 0"),
        ("action", "paused", "column action: expected one of none, interrupted, reduced, stopped"),
        ("ctcae_grade", 0, "column ctcae_grade: expected one of 1, 2, 3, 4, 5; found 0"),
        ("ctcae_grade", 6, "column ctcae_grade: expected one of 1, 2, 3, 4, 5; found 6"),
    ],
)
def test_faulty_events_are_refused(trial, column, value, message):
    trial.loc[0, column] = value
    with pytest.raises(ValueError, match=message):
        summarise_adverse_events(trial, patients=PATIENTS)


def test_absent_columns_and_repeated_patients_are_refused(trial):
    with pytest.raises(ValueError, match="related not found"):
        summarise_adverse_events(trial.drop(columns="related"), patients=PATIENTS)
    with pytest.raises(ValueError, match=r"patients: expected one row per patient_id, found more"):
        summarise_adverse_events(trial, patients=["P1", "P1"])


def test_the_input_is_left_as_it_was(trial):
    before = trial.copy()
    summarise_adverse_events(trial, patients=PATIENTS)
    summarise_adverse_event_overview(trial, patients=PATIENTS)
    pd.testing.assert_frame_equal(trial, before)
    assert np.isnan(summarise_adverse_events(trial, patients=PATIENTS)["patient_years"].iloc[0])
