import pandas as pd
import pytest

from helpers.derive.course.cohort import (
    HAD_LEFT,
    MEASURED,
    NOT_MEASURED,
    count_seen,
    derive_availability,
    list_measured,
    summarise_availability,
    summarise_cohort,
    summarise_missing,
)

MEASURES = ["physician_global", "patient_global", "haq_di", "ck", "extramuscular", "mmt8"]


@pytest.fixture
def patients():
    return pd.DataFrame(
        {
            "patient_id": ["A", "B", "C"],
            "arm": ["drug", "drug", "none"],
            "sex": ["female", "male", None],
            "age_years": [40.0, 50.0, 63.0],
        }
    )


@pytest.fixture
def arms(patients):
    return patients.set_index("patient_id")["arm"]


@pytest.fixture
def disposition():
    return pd.DataFrame({"patient_id": ["A", "B", "C"], "last_month": [6.0, 2.0, 6.0]})


def make_visits(*rows):
    """Give a core set of visits (patient, month) whose six measures are all 1."""
    return pd.DataFrame(
        [{"patient_id": p, "month": m} | dict.fromkeys(MEASURES, 1.0) for p, m in rows]
    )


def find_row(summary, group, characteristic, category=""):
    here = summary[
        (summary["group"] == group)
        & (summary["characteristic"] == characteristic)
        & (summary["category"] == category)
    ]
    [row] = here.to_dict("records")
    return row


def test_numbers_are_described_by_median_and_range_in_each_group(patients, arms):
    row = find_row(summarise_cohort(patients, groups=[arms]), "drug", "age_years")
    assert (row["median"], row["low"], row["high"], row["n"]) == (45.0, 40.0, 50.0, 2)


def test_a_missing_category_is_counted_beside_and_not_as_a_category(patients, arms):
    summary = summarise_cohort(patients, groups=[arms])
    row = find_row(summary, "all", "sex", "female")
    assert (row["count"], row["n"], row["n_missing"]) == (1, 2, 1)
    assert set(summary["category"]) == {"female", "male", ""}


def test_two_ways_to_divide_stand_side_by_side_with_everybody_once_at_the_end(patients, arms):
    response = pd.Series(["yes", "no", "no"], index=arms.index)
    groups = summarise_cohort(patients, groups=[arms, response])["group"]
    assert list(dict.fromkeys(groups)) == ["drug", "none", "yes", "no", "all"]


def test_a_way_that_divides_nobody_adds_no_group(patients):
    same = pd.Series("drug", index=patients["patient_id"])
    nothing = pd.Series(dtype="str")
    assert set(summarise_cohort(patients, groups=[same, nothing])["group"]) == {"all"}


def test_baseline_values_of_the_core_set_are_described_without_later_ones(patients):
    core_set = make_visits(("A", 0.0), ("B", 0.0)).assign(ck=[3.0, 5.0])
    later = make_visits(("A", 3.0)).assign(ck=100.0)
    row = find_row(summarise_cohort(patients, pd.concat([core_set, later])), "all", "ck")
    assert (row["median"], row["high"], row["n"], row["n_missing"]) == (4.0, 5.0, 2, 1)


def test_patients_of_whom_nothing_is_known_give_no_rows():
    bare = pd.DataFrame({"patient_id": ["A"], "arm": ["drug"]})
    assert summarise_cohort(bare).empty


def test_a_tile_is_measured_not_measured_or_after_leaving(disposition):
    table = pd.DataFrame({"patient_id": ["A", "A"], "month": [0.0, 6.0], "fi": [40.0, 41.0]})
    tiles = derive_availability(
        {"functional_index": table},
        patients=["A", "B", "C"],
        months=[0.0, 6.0],
        disposition=disposition,
    )
    status = tiles.set_index(["patient_id", "month"])["status"]
    assert status["A", 6.0] == MEASURED
    assert status["B", 0.0] == NOT_MEASURED
    assert status["B", 6.0] == HAD_LEFT
    assert status["C", 6.0] == NOT_MEASURED


def test_somebody_whose_last_month_is_the_visit_has_not_left(disposition):
    table = pd.DataFrame({"patient_id": ["A"], "month": [6.0], "fi": [40.0]})
    ended = disposition.assign(last_month=[6.0, 6.0, 5.9])
    tiles = derive_availability(
        {"functional_index": table}, patients=["A", "B", "C"], months=[6.0], disposition=ended
    )
    assert tiles["status"].tolist() == [MEASURED, NOT_MEASURED, HAD_LEFT]


def test_a_value_taken_after_leaving_counts_as_measured(disposition):
    table = pd.DataFrame({"patient_id": ["B"], "month": [6.0], "value": [1.0]})
    tiles = derive_availability(
        {"biopsies": table}, patients=["B"], months=[0.0, 6.0], disposition=disposition
    )
    assert tiles["status"].tolist() == [MEASURED]


def test_a_visit_at_which_a_table_never_has_a_value_is_not_shown():
    table = pd.DataFrame({"patient_id": ["A", "A"], "month": [0.0, 3.0], "fi": [40.0, None]})
    tiles = derive_availability({"functional_index": table}, patients=["A"], months=[0.0, 3.0, 6.0])
    assert tiles["month"].tolist() == [0.0]


@pytest.mark.parametrize("values", [[], [None]])
def test_tables_without_any_value_give_no_tiles(values):
    table = pd.DataFrame({"patient_id": ["A"] * len(values), "month": 0.0, "fi": values})
    tiles = derive_availability({"functional_index": table}, patients=["A"], months=[0.0])
    assert tiles.empty
    assert "status" in tiles


def test_labels_of_a_value_are_no_values():
    table = pd.DataFrame(
        {"patient_id": ["A"], "month": [0.0], "marker": "CD3", "value": [None], "unit": "cells/mm2"}
    )
    assert derive_availability({"biopsies": table}, patients=["A"], months=[0.0]).empty


def test_pairs_are_patients_with_a_value_now_and_at_baseline():
    table = pd.DataFrame({"patient_id": ["A", "A", "B"], "month": [0.0, 6.0, 6.0], "fi": 40.0})
    tiles = derive_availability(
        {"functional_index": table}, patients=["A", "B", "C"], months=[0.0, 6.0]
    )
    counts = summarise_availability(tiles)
    assert counts[["month", "n_measured", "n_paired", "n_patients"]].values.tolist() == [
        [0.0, 1, 1, 3],
        [6.0, 2, 1, 3],
    ]


def test_visits_of_a_table_that_was_not_measured_are_none():
    table = pd.DataFrame({"patient_id": ["A"], "month": [0.0], "fi": [40.0]})
    tiles = derive_availability({"functional_index": table}, patients=["A"], months=[0.0])
    assert list_measured(tiles, "biopsies") is None
    assert list_measured(tiles, "functional_index").values.tolist() == [["A", 0.0]]


def test_missing_values_name_the_patients_in_the_order_of_the_study():
    core_set = make_visits(("B", 0.0), ("A", 0.0)).assign(ck=None)
    missing = summarise_missing(core_set, patients=["A", "B"])
    assert missing.values.tolist() == [[0.0, "ck", 2, 2, "A, B"]]


def test_a_visit_without_any_value_did_not_take_place_and_misses_nothing():
    core_set = make_visits(("A", 0.0), ("B", 0.0))
    core_set.loc[core_set["patient_id"] == "B", MEASURES] = None
    assert summarise_missing(core_set, patients=["A", "B"]).empty
    assert summarise_missing(None, patients=["A", "B"]).empty


def test_the_disposition_says_who_is_still_in_the_study(patients, disposition):
    seen = count_seen(patients, months=[0.0, 3.0, 6.0], disposition=disposition)
    assert seen["n_seen"].tolist() == [2, 1, 1, 1, 1, 1]
    assert seen["n_entered"].tolist() == [2, 2, 2, 1, 1, 1]


def test_nobody_left_at_the_last_visit_is_zero_and_not_unknown(patients, disposition):
    ended = disposition.assign(last_month=1.0)
    seen = count_seen(patients, months=[0.0, 3.0], disposition=ended)
    assert seen.loc[seen["month"] == 3.0, "n_seen"].tolist() == [0, 0]


def test_without_a_disposition_a_value_in_any_table_counts(patients):
    table = pd.DataFrame({"patient_id": ["A"], "month": [3.0], "fi": [40.0]})
    tiles = derive_availability(
        {"functional_index": table}, patients=["A", "B", "C"], months=[0.0, 3.0, 6.0]
    )
    seen = count_seen(patients, months=[0.0, 3.0, 6.0], availability=tiles)
    assert seen["n_seen"].astype(object).where(seen["n_seen"].notna(), None).tolist() == [
        2, 1, None, 1, 0, None,
    ]  # fmt: skip


def test_without_any_table_later_visits_are_not_known(patients):
    seen = count_seen(patients, months=[0.0, 3.0])
    assert seen["n_seen"].isna().tolist() == [False, True, False, True]


def test_inputs_are_not_modified(patients, disposition, arms):
    before = patients.copy(), disposition.copy()
    summarise_cohort(patients, groups=[arms])
    count_seen(patients, months=[0.0, 3.0], disposition=disposition)
    pd.testing.assert_frame_equal(patients, before[0])
    pd.testing.assert_frame_equal(disposition, before[1])
