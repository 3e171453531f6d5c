import numpy as np
import pandas as pd
import pytest

from helpers.derive.instruments.muscle_strength import MMT8_GROUPS, derive_mmt8


def grades(sides=("right",), grade=8.0, **changes):
    rows = [("neck_flexors", "axial")]
    rows += [(group, side) for group in MMT8_GROUPS[1:] for side in sides]
    table = pd.DataFrame(rows, columns=["group", "side"]).assign(grade=float(grade))
    table["grade"] = [
        changes.get(group, old) for group, old in zip(table["group"], table["grade"], strict=True)
    ]
    return table.assign(patient_id="P1", month=0.0)


BOTH = ("right", "left")


@pytest.mark.parametrize(
    ("sides", "maximum", "n"), [(("right",), 80, 8), (("left",), 80, 8), (BOTH, 150, 15)]
)
@pytest.mark.parametrize("grade", [0, 8, 10])
def test_totals_run_from_0_to_80_on_one_side_and_150_on_both(sides, maximum, n, grade):
    row = derive_mmt8(grades(sides, grade), maximum=maximum).iloc[0]
    assert (row["mmt8"], row["n_graded"], row["reason"]) == (grade * n, n, "")


def test_neck_flexors_count_once():
    row = derive_mmt8(grades(BOTH, 10, neck_flexors=4.0), maximum=150).iloc[0]
    assert row["mmt8"] == 144


def test_a_missing_grade_leaves_no_total():
    row = derive_mmt8(grades(deltoid=np.nan), maximum=80).iloc[0]
    assert np.isnan(row["mmt8"])
    assert row["reason"] == "only 7 of 8 grades"


def test_an_absent_row_is_a_missing_grade():
    row = derive_mmt8(grades().iloc[1:], maximum=80).iloc[0]
    assert row["reason"] == "only 7 of 8 grades"


def test_missing_grades_can_be_scaled_up():
    row = derive_mmt8(grades(deltoid=np.nan), maximum=80, missing_groups="scale_up").iloc[0]
    # 7 grades of 8 are 56 of 70
    assert row["mmt8"] == 64
    assert row["reason"] == "scaled up from 7 of 8 grades"


@pytest.mark.parametrize(("n_graded", "scored"), [(0, False), (3, False), (4, True), (5, True)])
def test_scaling_up_needs_half_of_the_grades(n_graded, scored):
    lost = dict.fromkeys(MMT8_GROUPS[n_graded:], np.nan)
    row = derive_mmt8(grades(**lost), maximum=80, missing_groups="scale_up").iloc[0]
    assert pd.notna(row["mmt8"]) == scored
    assert row["reason"].startswith("scaled up from" if scored else "only")


def test_one_side_does_not_make_a_total_of_150():
    assert np.isnan(derive_mmt8(grades(), maximum=150)["mmt8"].item())


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("group", "hamstrings", "column group: expected one of neck_flexors"),
        ("grade", 10.1, "column grade: expected values from 0 to 10, found 10.1"),
        ("grade", -0.1, "column grade: expected values from 0 to 10, found -0.1"),
        ("side", "axial", "side of the limbs: expected one of right, left; found axial"),
    ],
)
def test_unknown_groups_grades_and_sides_are_refused(column, value, message):
    table = grades()
    table.loc[1, column] = value
    with pytest.raises(ValueError, match=message):
        derive_mmt8(table, maximum=80)


def test_neck_flexors_have_no_side():
    table = grades()
    table.loc[0, "side"] = "left"
    with pytest.raises(ValueError, match="side of neck_flexors: expected one of axial; found left"):
        derive_mmt8(table, maximum=80)


def test_both_sides_in_a_total_of_80_are_refused():
    with pytest.raises(ValueError, match="one side for a total of 80: expected one row per"):
        derive_mmt8(grades(BOTH), maximum=80)


def test_visits_keep_their_order_and_no_grade_gives_no_total():
    table = pd.concat([grades().assign(patient_id="P2"), grades()])
    assert derive_mmt8(table, maximum=80)["patient_id"].tolist() == ["P2", "P1"]
    assert derive_mmt8(table.iloc[:0], maximum=80).empty
