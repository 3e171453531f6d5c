import numpy as np
import pandas as pd
import pytest

from helpers.derive.instruments.extramuscular import MYOACT_SYSTEMS, derive_mitax, derive_myoact


def systems(column, values):
    names = MYOACT_SYSTEMS[: len(values)]
    table = pd.DataFrame({"system": names, column: values})
    return table.assign(patient_id="P1", month=0.0)


@pytest.mark.parametrize(
    ("scales", "score", "maximum", "share", "n"),
    [
        ([10.0] * 6, 60.0, 60.0, 1.0, 6),
        ([0.0] * 6, 0.0, 60.0, 0.0, 6),
        ([3.0, 6.0, 0.0, 0.0, np.nan, np.nan], 9.0, 40.0, 0.225, 4),
        ([0.1, 0.2], 0.3, 20.0, 0.015, 2),
    ],
)
def test_a_system_not_assessed_leaves_sum_and_maximum(scales, score, maximum, share, n):
    row = derive_myoact(systems("vas", scales)).iloc[0]
    assert row[["score", "maximum", "share"]].tolist() == [score, maximum, share]
    assert (row["n_assessed"], row["reason"]) == (n, "")


def test_no_system_assessed_is_missing_not_zero():
    row = derive_myoact(systems("vas", [np.nan] * 6)).iloc[0]
    assert row[["score", "maximum", "share"]].isna().all()
    assert row["reason"] == "no system assessed"


def test_scales_in_millimetres_have_their_own_maximum():
    row = derive_myoact(systems("vas", [40.0, 20.0]), vas_maximum=100).iloc[0]
    assert (row["maximum"], row["share"]) == (200.0, 0.3)


@pytest.mark.parametrize("value", [-0.1, 10.1])
def test_values_beyond_the_scale_are_refused(value):
    with pytest.raises(
        ValueError, match=f"column vas: expected values from 0 to 10, found {value}"
    ):
        derive_myoact(systems("vas", [value]))


@pytest.mark.parametrize(
    ("categories", "score", "maximum"),
    [
        (["A"] * 6, 54.0, 54.0),
        (["B", "C", "D", "E"], 4.0, 36.0),
        (["A", None], 9.0, 9.0),
        ([None], np.nan, np.nan),
    ],
)
def test_mitax_adds_the_points_of_the_categories(categories, score, maximum):
    table = systems("category", pd.Series(categories, dtype="str"))
    row = derive_mitax(table).iloc[0]
    np.testing.assert_equal(row[["score", "maximum"]].tolist(), [score, maximum])


def test_mitax_points_are_a_setting():
    points = {"A": 4.0, "B": 3.0, "C": 2.0, "D": 1.0, "E": 0.0}
    row = derive_mitax(systems("category", ["A", "D"]), points=points).iloc[0]
    assert row["share"] == 0.625


def test_unknown_categories_and_systems_and_repeated_systems_are_refused():
    with pytest.raises(ValueError, match="column category: expected one of A, B, C, D, E; found F"):
        derive_mitax(systems("category", ["F"]))
    table = systems("vas", [1.0])
    with pytest.raises(ValueError, match="column system: expected one of constitutional"):
        derive_myoact(table.assign(system="muscle"))
    with pytest.raises(ValueError, match="systems: expected one row per patient_id x month x sys"):
        derive_myoact(pd.concat([table, table]))


def test_no_row_gives_no_score():
    assert derive_myoact(systems("vas", [1.0]).iloc[:0]).empty
    assert derive_mitax(systems("category", ["A"]).iloc[:0]).empty
