import numpy as np
import pandas as pd
import pytest

from helpers.derive.response.core_set import MEASURE_NAMES, MEASURES, derive_relative_change

COLUMNS = ["patient_id", "month", "measure", "baseline", "value", "improvement_percent", "reason"]


def change_of(core_set, measure, **options):
    change = derive_relative_change(core_set, **options)
    return change[change["measure"] == measure].iloc[0]


def test_the_six_measures_are_in_the_order_of_the_field_and_only_strength_improves_upwards():
    assert MEASURE_NAMES == (
        "physician_global",
        "patient_global",
        "mmt8",
        "haq_di",
        "ck",
        "extramuscular",
    )
    assert [measure.name for measure in MEASURES if measure.better == "higher"] == ["mmt8"]


@pytest.mark.parametrize(
    ("measure", "baseline", "value", "percent"),
    [
        ("ck", 10.0, 8.0, 20.0),
        ("ck", 10.0, 12.5, -25.0),
        ("haq_di", 0.5, 0.4, 20.0),  # 19.999999999999996 in doubles
        ("mmt8", 60.0, 72.0, 20.0),
        ("mmt8", 60.0, 45.0, -25.0),
        ("physician_global", 10.0, 0.0, 100.0),
        ("patient_global", 4.0, 4.0, 0.0),
        ("extramuscular", 0.1, 0.4, -300.0),
    ],
)
def test_positive_is_better_whatever_the_direction_of_the_measure(
    make_core_set, measure, baseline, value, percent
):
    core_set = make_core_set({"month": 0, measure: baseline}, {"month": 3, measure: value})
    row = change_of(core_set, measure)
    assert row["improvement_percent"] == percent
    assert (row["baseline"], row["value"], row["reason"]) == (baseline, value, "")


@pytest.mark.parametrize(
    ("baseline", "value", "reason"),
    [
        (np.nan, 3.0, "no baseline value"),
        (3.0, np.nan, "not measured at this visit"),
        (np.nan, np.nan, "no baseline value and not measured at this visit"),
    ],
)
def test_what_cannot_be_compared_is_missing_with_a_reason(make_core_set, baseline, value, reason):
    core_set = make_core_set({"month": 0, "ck": baseline}, {"month": 3, "ck": value})
    row = change_of(core_set, "ck")
    assert np.isnan(row["improvement_percent"])
    assert row["reason"] == reason


@pytest.mark.parametrize(
    ("measure", "value", "percent"),
    [("ck", 0.0, 0.0), ("ck", 0.1, -np.inf), ("mmt8", 0.0, 0.0), ("mmt8", 1.0, np.inf)],
)
def test_a_move_away_from_a_baseline_of_zero_is_infinite_in_its_direction(
    make_core_set, measure, value, percent
):
    row = change_of(make_core_set({"month": 0, measure: 0}, {"month": 3, measure: value}), measure)
    assert row["improvement_percent"] == percent
    assert row["reason"] == ""


@pytest.mark.parametrize("value", [0.0, 0.1])
def test_a_baseline_of_zero_can_be_declared_not_evaluable(make_core_set, value):
    core_set = make_core_set({"month": 0, "ck": 0}, {"month": 3, "ck": value})
    row = change_of(core_set, "ck", zero_baseline="not_evaluable")
    assert np.isnan(row["improvement_percent"])
    assert row["reason"] == "baseline is 0, so a relative change is undefined"


def test_a_missing_value_after_a_baseline_of_zero_keeps_its_own_reason(make_core_set):
    core_set = make_core_set({"month": 0, "ck": 0}, {"month": 3, "ck": np.nan})
    row = change_of(core_set, "ck", zero_baseline="not_evaluable")
    assert row["reason"] == "not measured at this visit"


def test_every_later_visit_has_a_row_for_each_measure_in_the_order_given(make_core_set):
    core_set = make_core_set(
        {"patient_id": "P2", "month": 6},
        {"patient_id": "P2", "month": 0},
        {"patient_id": "P10", "month": 0},
        {"patient_id": "P10", "month": 3},
        {"patient_id": "P2", "month": 3},
    )
    change = derive_relative_change(core_set)
    assert list(change.columns) == COLUMNS
    visits = change[["patient_id", "month"]].drop_duplicates().to_numpy().tolist()
    assert visits == [["P2", 6.0], ["P10", 3.0], ["P2", 3.0]]
    assert change["measure"].tolist() == list(MEASURE_NAMES) * 3


def test_a_patient_without_baseline_visit_is_kept_with_its_reason(make_core_set):
    change = derive_relative_change(make_core_set({"month": 3}))
    assert change["reason"].tolist() == ["no baseline value"] * 6


def test_only_visits_after_the_declared_baseline_are_compared(make_core_set):
    core_set = make_core_set({"month": 0, "ck": 1}, {"month": 3, "ck": 10}, {"month": 6, "ck": 5})
    change = derive_relative_change(core_set, baseline_month=3)
    assert change["month"].unique().tolist() == [6.0]
    assert change.loc[change["measure"] == "ck", "improvement_percent"].tolist() == [50.0]


def test_a_baseline_month_nobody_has_leaves_every_change_missing(make_core_set):
    change = derive_relative_change(make_core_set({"month": 0}, {"month": 3}), baseline_month=-1)
    assert change["improvement_percent"].isna().all()


def test_an_empty_core_set_gives_an_empty_table_with_the_same_columns(make_core_set):
    change = derive_relative_change(make_core_set())
    assert change.empty
    assert list(change.columns) == COLUMNS


def test_the_input_is_left_as_it_was(make_core_set):
    core_set = make_core_set({"month": 0}, {"month": 3, "ck": 0})
    before = core_set.copy()
    derive_relative_change(core_set)
    pd.testing.assert_frame_equal(core_set, before)


def test_a_doubled_visit_is_refused(make_core_set):
    with pytest.raises(ValueError, match=r"one row per patient_id x month, found more for \(P1, 3"):
        derive_relative_change(make_core_set({"month": 3}, {"month": 3}))


def test_a_negative_value_is_refused(make_core_set):
    with pytest.raises(ValueError, match="core_set, column ck: expected values of 0 or more"):
        derive_relative_change(make_core_set({"month": 0, "ck": -1}))


def test_an_absent_measure_column_is_refused(make_core_set):
    with pytest.raises(ValueError, match="haq_di not found"):
        derive_relative_change(make_core_set({"month": 0}).drop(columns="haq_di"))
