import math

import pandas as pd
import pytest

from helpers.derive.laboratory.paired import (
    check_one_unit,
    derive_pairs,
    find_follow_up_month,
    summarise_comparable,
)

NA = float("nan")


def make_values(*rows):
    return pd.DataFrame(rows, columns=["patient_id", "month", "marker", "value"])


def pair(values, patients=("A", "B"), **options):
    return derive_pairs(
        values, patients, by="marker", value="value", baseline_month=0.0, month=6.0, **options
    )


def test_everybody_has_a_row_also_who_was_never_measured():
    values = make_values(("A", 0.0, "CD3", 4.0), ("A", 6.0, "CD3", 3.0))
    pairs = pair(values, ("A", "B"))
    assert pairs["patient_id"].tolist() == ["A", "B"]
    assert pairs["reason"].tolist() == ["", "never measured"]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (1.0, 2.0, ""),
        (0.0, 0.0, ""),
        (NA, 2.0, "no baseline value"),
        (1.0, NA, "no value after treatment"),
        (NA, NA, "never measured"),
    ],
)
def test_the_reason_says_which_half_is_absent(before, after, reason):
    values = make_values(("A", 0.0, "CD3", before), ("A", 6.0, "CD3", after))
    assert pair(values, ("A",))["reason"].tolist() == [reason]


def test_other_visits_are_left_out_and_an_absent_visit_is_missing():
    values = make_values(("A", 0.0, "CD3", 1.0), ("A", 3.0, "CD3", 9.0))
    [row] = pair(values, ("A",)).to_dict("records")
    assert row["before"] == 1.0
    assert pd.isna(row["after"])


def test_panels_come_in_the_order_asked_for():
    values = make_values(("A", 0.0, "CD3", 1.0), ("A", 0.0, "CD163", 1.0))
    assert pair(values, ("A",))["panel"].tolist() == ["CD3", "CD163"]
    assert pair(values, ("A",), panels=["CD163", "CD3"])["panel"].tolist() == ["CD163", "CD3"]


def test_a_value_given_twice_is_refused():
    values = make_values(("A", 0.0, "CD3", 1.0), ("A", 0.0, "CD3", 2.0))
    with pytest.raises(ValueError, match="one row per patient_id x month x marker"):
        pair(values)


def test_the_values_given_are_not_changed():
    values = make_values(("A", 0.0, "CD3", 1.0))
    before = values.copy()
    pair(values)
    pd.testing.assert_frame_equal(values, before)


@pytest.mark.parametrize(
    ("months", "values", "found"),
    [
        ([0.0, 3.0, 6.0], [1.0, 1.0, 1.0], 6.0),
        ([0.0, 3.0, 6.0], [1.0, 1.0, NA], 3.0),
        ([0.0, 0.0, 0.0], [1.0, 1.0, 1.0], 12.0),
    ],
)
def test_the_last_visit_with_a_value_is_compared_with_baseline(months, values, found):
    table = pd.DataFrame({"month": months, "value": values})
    planned = [0.0, 3.0, 6.0, 12.0]
    assert find_follow_up_month(table, value="value", baseline_month=0.0, months=planned) == found


def test_without_a_planned_later_visit_it_is_one_that_nobody_has():
    table = pd.DataFrame({"month": [0.0], "value": [1.0]})
    assert find_follow_up_month(table, value="value", baseline_month=0.0, months=[0.0]) == math.inf


def test_two_units_of_one_stain_are_refused_and_an_empty_unit_is_not():
    table = pd.DataFrame({"marker": ["CD3", "CD3"], "unit": ["cells/mm2", None]})
    check_one_unit(table, by="marker", name="biopsies")
    table["unit"] = ["cells/mm2", "%"]
    with pytest.raises(ValueError, match="found CD3: cells/mm2 and %; convert"):
        check_one_unit(table, by="marker", name="biopsies")


def test_a_patient_is_comparable_from_one_panel_on_and_reasons_are_named_once():
    pairs = pd.DataFrame(
        {
            "patient_id": ["A", "A", "B", "B", "B"],
            "panel": ["x", "y", "x", "y", "z"],
            "reason": ["", "no baseline value", "never measured", "never measured", "other"],
        }
    )
    found = summarise_comparable(pairs)
    assert found.values.tolist() == [["A", 2, 1, ""], ["B", 3, 0, "never measured or other"]]
