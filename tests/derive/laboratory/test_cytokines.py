import pandas as pd
import pytest

from helpers.contracts.configuration import ReferenceRange
from helpers.derive.laboratory.cytokines import (
    derive_cytokine_pairs,
    derive_group_values,
    flag_above_reference,
    list_outside,
    summarise_levels,
)

NA = float("nan")
HEALTHY = ReferenceRange(low=11, high=839, unit="pg/mL", source="Son 2000")


def make_cytokines(*rows, analyte="IL-1Ra"):
    frame = pd.DataFrame(rows, columns=["patient_id", "month", "concentration", "bound"])
    frame = frame.astype({"concentration": "float64", "month": "float64"})
    return frame.assign(analyte=analyte, unit="pg/mL")


def pair(table, patients=("A",)):
    return derive_cytokine_pairs(table, patients, baseline_month=0.0, month=6.0)


def pair_one(before, before_bound, after, after_bound):
    return pair(make_cytokines(("A", 0, before, before_bound), ("A", 6, after, after_bound)))


@pytest.mark.parametrize(
    ("before", "after", "change", "reason"),
    [
        ((20, "in_range"), (40, "in_range"), "in_range", ""),
        ((20, "in_range"), (10, "below"), "below", ""),  # at most a half
        ((10, "below"), (40, "in_range"), "above", ""),  # at least four times
        ((20, "in_range"), (100, "above"), "above", ""),
        ((100, "above"), (20, "in_range"), "below", ""),
        ((10, "below"), (100, "above"), "above", ""),
        ((100, "above"), (10, "below"), "below", ""),
        ((10, "below"), (10, "below"), "unknown", "leave the change open"),
        ((100, "above"), (100, "above"), "unknown", "leave the change open"),
        ((8, "in_range"), (10, "below"), "unknown", "leave the change open"),  # 8 to under 10
        ((10, "in_range"), (10, "below"), "unknown", "leave the change open"),
        ((10, "below"), (8, "in_range"), "unknown", "leave the change open"),
        ((100, "above"), (120, "in_range"), "unknown", "leave the change open"),
    ],
)
def test_a_limit_of_quantification_bounds_the_change_or_leaves_it_open(
    before, after, change, reason
):
    [row] = pair_one(*before, *after).to_dict("records")
    assert row["change_bound"] == change
    assert reason in row["reason"]
    assert bool(row["reason"]) == (change == "unknown")


def test_a_zero_has_no_fold_change_and_says_so():
    [row] = pair_one(0, "in_range", 40, "in_range").to_dict("records")
    assert pd.isna(row["before"])
    assert row["reason"] == "a concentration of 0 has no fold change"


def test_who_has_no_serum_keeps_a_row_and_a_bound_only_where_there_is_a_value():
    pairs = pair(make_cytokines(("A", 0, 20, "in_range")), ("A", "B"))
    assert pairs["reason"].tolist() == ["no value after treatment", "never measured"]
    assert pairs["before_bound"].tolist()[0] == "in_range"
    assert pairs["after_bound"].isna().all()


def test_levels_outside_quantification_tie_at_the_ends_whatever_their_limits():
    table = make_cytokines(
        ("A", 0, 10, "below"),
        ("B", 0, 12, "below"),
        ("C", 0, 11, "in_range"),
        ("D", 0, 90, "above"),
        ("E", 0, 95, "in_range"),
    )
    values = derive_group_values(pair(table, tuple("ABCDE")), ends=("before", "after"))
    ranks = values[values["what"] == "before"]["rank"].rank()
    assert ranks.tolist() == [1.5, 1.5, 3.0, 5.0, 4.0]


def test_the_values_of_a_group_are_both_levels_and_the_fold_change():
    values = derive_group_values(pair_one(20, "in_range", 10, "below"), ends=("Start", "End"))
    assert values["what"].tolist() == ["Start", "End", "fold change"]
    assert values["value"].tolist() == [20.0, 10.0, 0.5]


def test_an_open_change_is_missing_but_its_levels_stay():
    values = derive_group_values(pair_one(10, "below", 10, "below"), ends=("Start", "End"))
    assert values["value"].tolist()[:2] == [10.0, 10.0]
    assert pd.isna(values["value"].tolist()[2])


def test_two_units_of_a_protein_are_refused():
    table = make_cytokines(("A", 0, 1, "in_range"), ("A", 6, 1, "in_range"))
    table["unit"] = ["pg/mL", "ng/mL"]
    with pytest.raises(ValueError, match="IL-1Ra: pg/mL and ng/mL"):
        pair(table)


def test_values_outside_quantification_are_listed_with_their_limit():
    table = make_cytokines(("A", 0, 1, "in_range"), ("B", 6, 10, "below"), ("C", 6, 90, "above"))
    found = list_outside(table)
    assert found[["patient_id", "bound", "limit"]].values.tolist() == [
        ["B", "below", 10.0],
        ["C", "above", 90.0],
    ]


@pytest.mark.parametrize(
    ("concentration", "bound", "above"),
    [
        (839, "in_range", False),
        (839.1, "in_range", True),
        (10, "below", False),
        (839, "below", False),
        (900, "below", pd.NA),
        (839, "above", True),
        (800, "above", pd.NA),
    ],
)
def test_above_the_healthy_range_is_said_only_where_it_is_sure(concentration, bound, above):
    flags = flag_above_reference(
        make_cytokines(("A", 0, concentration, bound)), {"IL-1Ra": HEALTHY}
    )
    assert flags["above"].tolist() == [above]


def test_a_protein_without_reference_and_an_empty_value_have_no_flag():
    table = make_cytokines(("A", 0, 900, "in_range"), ("B", 0, NA, "in_range"))
    assert flag_above_reference(table, {}).empty
    assert flag_above_reference(table, {"IL-1Ra": HEALTHY})["patient_id"].tolist() == ["A"]


def test_a_reference_in_another_unit_is_refused():
    other = HEALTHY.model_copy(update={"unit": "ng/mL"})
    with pytest.raises(ValueError, match="IL-1Ra in pg/mL, reference in ng/mL"):
        flag_above_reference(make_cytokines(("A", 0, 1, "in_range")), {"IL-1Ra": other})


def test_levels_are_described_with_all_sera_and_say_when_the_range_ends_in_a_limit():
    table = make_cytokines(
        ("A", 0, 10, "below"), ("B", 0, 30, "in_range"), ("C", 0, NA, "in_range")
    )
    [row] = summarise_levels(table).to_dict("records")
    assert (row["n"], row["n_outside"], row["mean"], row["median"]) == (2, 1, 20.0, 20.0)
    assert (row["lowest_is_limit"], row["highest_is_limit"]) == (True, False)
