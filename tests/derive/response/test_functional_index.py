from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.derive.response.functional_index import (
    FI2_TASKS,
    FI_IMPROVED_20,
    derive_fi2_tasks,
    derive_functional_index_response,
    describe_functional_index_improvement,
    flag_functional_index_improvement,
)

OF_MAXIMUM = replace(FI_IMPROVED_20, relative_to="maximum")


def fi(*totals, patient_id="P1"):
    months = (0.0, 3.0, 6.0, 12.0)[: len(totals)]
    return pd.DataFrame({"patient_id": patient_id, "month": months, "fi": totals})


def flag(*totals, **options):
    return flag_functional_index_improvement(fi(*totals), **options).iloc[0]


@pytest.mark.parametrize(("value", "improved"), [(35.9, False), (36.0, True), (36.1, True)])
def test_exactly_20_percent_of_baseline_is_improved(value, improved):
    assert flag(30.0, value)["improved"] == improved


@pytest.mark.parametrize(("value", "improved"), [(42.7, False), (42.8, True)])
def test_the_percentage_can_be_of_the_maximum(value, improved):
    # 20 % of 64 points are 12.8 points
    row = flag(30.0, value, definition=OF_MAXIMUM)
    assert row["improved"] == improved
    assert row["reason"] == ""


def test_a_baseline_of_zero_has_a_change_but_no_percentage_of_itself():
    row = flag(0.0, 10.0)
    assert row["change"] == 10
    assert np.isnan(row["change_percent"])
    assert pd.isna(row["improved"])
    assert row["reason"] == "baseline is 0, so a relative change is undefined"
    assert flag(0.0, 12.8, definition=OF_MAXIMUM)["improved"]
    assert flag(0.0, 12.8, definition=OF_MAXIMUM)["reason"] == ""


@pytest.mark.parametrize("definition", [FI_IMPROVED_20, OF_MAXIMUM])
def test_a_missing_total_is_not_evaluable(definition):
    row = flag(np.nan, 10.0, definition=definition)
    assert pd.isna(row["improved"])
    assert row["reason"] == "no baseline value"


def test_a_worse_total_is_not_improved():
    row = flag(30.0, 15.0)
    assert (row["change_percent"], row["improved"]) == (-50.0, False)


@pytest.mark.parametrize(
    ("totals", "improved", "first", "best", "n"),
    [
        ((30, 33, 36, 30), True, 6.0, 20.0, 3),
        ((30, 33, 33, 30), False, np.nan, 10.0, 3),
        ((30, np.nan, 33, np.nan), False, np.nan, 10.0, 1),
        ((30, np.nan), pd.NA, np.nan, np.nan, 0),
    ],
)
def test_a_patient_improved_if_at_any_visit(totals, improved, first, best, n):
    flags = flag_functional_index_improvement(fi(*totals))
    row = derive_functional_index_response(flags).iloc[0]
    assert row["improved"] is improved or row["improved"] == improved
    np.testing.assert_equal(
        [row["first_improved_month"], row["best_change_percent"]], [first, best]
    )
    assert row["n_evaluable"] == n


def test_patients_keep_their_order():
    table = pd.concat([fi(30, 36, patient_id="P2"), fi(30, 30, patient_id="P1")])
    response = derive_functional_index_response(flag_functional_index_improvement(table))
    assert response["patient_id"].tolist() == ["P2", "P1"]
    assert response["improved"].tolist() == [True, False]


def test_no_visit_gives_no_patient():
    flags = flag_functional_index_improvement(fi())
    assert flags.empty
    response = derive_functional_index_response(flags)
    assert response.empty
    assert str(response["improved"].dtype) == "boolean"


def test_totals_outside_the_index_and_repeated_visits_are_refused():
    with pytest.raises(ValueError, match="column fi: expected values from 0 to 64, found 65"):
        flag(30.0, 65.0)
    with pytest.raises(ValueError, match="functional_index: expected one row per patient_id x mo"):
        flag_functional_index_improvement(pd.concat([fi(30.0)] * 2))


def test_the_definition_is_written_as_a_sentence():
    text = describe_functional_index_improvement(OF_MAXIMUM)
    assert "at least 20 % of 64 points" in text


# --- FI-2 --------------------------------------------------------------------------------------


def counts_of(**counts):
    return pd.DataFrame(
        {
            "patient_id": "P1",
            "month": 0.0,
            "test": list(counts),
            "value": list(counts.values()),
            "unit": "repetitions",
        }
    )


def test_each_task_is_given_in_percent_of_its_own_maximum_and_no_total_is_made():
    table = derive_fi2_tasks(
        counts_of(fi2_hip_flexion=30.0, fi2_toe_lift=30.0, fi2_step_test=np.nan, cycling_time=12.0)
    )
    assert table["test"].tolist() == ["fi2_hip_flexion", "fi2_toe_lift", "fi2_step_test"]
    assert table["percent_of_maximum"].tolist()[:2] == [50.0, 25.0]
    assert table["reason"].tolist() == ["", "", "not measured"]
    assert "total" not in " ".join(table["test"])


@pytest.mark.parametrize("task", FI2_TASKS, ids=lambda task: task.name)
def test_both_ends_of_each_task_are_allowed_and_one_step_beyond_is_not(task):
    for count, percent in ((0.0, 0.0), (task.maximum, 100.0)):
        assert derive_fi2_tasks(counts_of(**{task.name: count}))["percent_of_maximum"].item() == (
            percent
        )
    for count in (-1.0, task.maximum + 1):
        with pytest.raises(ValueError, match=f"{task.name}: expected values from 0 to"):
            derive_fi2_tasks(counts_of(**{task.name: count}))


def test_no_task_gives_an_empty_table_and_a_repeated_one_is_refused():
    assert derive_fi2_tasks(counts_of(cycling_time=12.0)).empty
    with pytest.raises(ValueError, match="performance_tests: expected one row per patient_id x"):
        derive_fi2_tasks(pd.concat([counts_of(fi2_toe_lift=1.0)] * 2))
