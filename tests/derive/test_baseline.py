import numpy as np
import pandas as pd
import pytest

from helpers.derive.baseline import derive_change_from_baseline, pair_with_baseline


def values(*rows):
    return pd.DataFrame(rows, columns=["patient_id", "month", "analyte", "value"])


def test_each_value_meets_the_baseline_of_its_own_patient_and_analyte():
    table = values(
        ("P2", 6.0, "IL-1Ra", 9.0),
        ("P1", 0.0, "IL-1Ra", 1.0),
        ("P1", 0.0, "G-CSF", 2.0),
        ("P2", 0.0, "IL-1Ra", 3.0),
        ("P1", 6.0, "G-CSF", 5.0),
        ("P1", 6.0, "IL-1Ra", 4.0),
    )
    pairs = pair_with_baseline(table, by=["analyte"])
    assert pairs.to_numpy().tolist() == [
        ["P2", 6.0, "IL-1Ra", 3.0, 9.0, ""],
        ["P1", 6.0, "G-CSF", 2.0, 5.0, ""],
        ["P1", 6.0, "IL-1Ra", 1.0, 4.0, ""],
    ]


@pytest.mark.parametrize(
    ("baseline", "value", "change", "percent", "reason"),
    [
        (30.0, 36.0, 6.0, 20.0, ""),
        (30.0, 24.0, -6.0, -20.0, ""),
        (30.0, 30.0, 0.0, 0.0, ""),
        (0.0, 3.0, 3.0, np.nan, "baseline is 0, so a relative change is undefined"),
        (0.0, 0.0, 0.0, np.nan, "baseline is 0, so a relative change is undefined"),
        (np.nan, 3.0, np.nan, np.nan, "no baseline value"),
        (0.0, np.nan, np.nan, np.nan, "not measured at this visit"),
        (np.nan, np.nan, np.nan, np.nan, "no baseline value and not measured at this visit"),
    ],
)
def test_an_undefined_change_is_missing_with_its_reason(baseline, value, change, percent, reason):
    table = values(("P1", 0.0, "x", baseline), ("P1", 6.0, "x", value))
    row = derive_change_from_baseline(table, by=["analyte"]).iloc[0]
    np.testing.assert_equal([row["change"], row["change_percent"]], [change, percent])
    assert row["reason"] == reason


def test_visits_before_the_declared_baseline_are_left_out():
    table = values(("P1", -1.0, "x", 1.0), ("P1", 0.0, "x", 2.0), ("P1", 3.0, "x", 4.0))
    assert derive_change_from_baseline(table, by=["analyte"])["change"].tolist() == [2.0]
    later = derive_change_from_baseline(table, by=["analyte"], baseline_month=-1)
    assert later["change"].tolist() == [1.0, 3.0]


def test_no_row_gives_an_empty_table():
    table = derive_change_from_baseline(values(), by=["analyte"])
    assert table.empty
    assert str(table["reason"].dtype) == "str"


def test_a_repeated_value_is_refused_under_the_name_of_the_table():
    table = values(("P1", 0.0, "x", 1.0), ("P1", 0.0, "x", 1.0))
    with pytest.raises(ValueError, match="cytokines: expected one row per patient_id x month x an"):
        pair_with_baseline(table, by=["analyte"], name="cytokines")
