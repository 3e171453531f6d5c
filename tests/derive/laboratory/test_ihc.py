import pandas as pd
import pytest

from helpers.contracts.tables import MARKERS as ALLOWED
from helpers.derive.laboratory.ihc import (
    EXPRESSION_MARKER,
    MARKERS,
    PREDICTORS,
    average_readers,
    derive_expression,
    is_ordinal,
    pair_readers,
    pair_with_functional_index,
)

NA = float("nan")


def make_biopsies(*rows):
    columns = ["patient_id", "month", "marker", "value", "unit", "expressed", "reader"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"value": "float64", "expressed": "boolean", "month": "float64"})


def stain(patient, month, value, *, expressed=True, reader="one", marker="CD3", unit="cells/mm2"):
    return (patient, month, marker, value, unit, expressed, reader)


def test_every_stain_of_the_contract_has_a_label_and_a_meaning():
    assert {marker.name for marker in MARKERS} == set(ALLOWED)
    assert {EXPRESSION_MARKER, *PREDICTORS} <= set(ALLOWED)


def test_two_readers_are_averaged_and_one_reader_is_kept():
    table = make_biopsies(
        stain("A", 0, 40), stain("A", 0, 50, reader="two"), stain("B", 0, 7, reader="two")
    )
    found = average_readers(table)
    assert found["value"].tolist() == [45.0, 7.0]
    assert found["n_readers"].tolist() == [2, 1]


@pytest.mark.parametrize(
    ("first", "second", "seen"),
    [
        (True, False, True),
        (False, False, False),
        (False, pd.NA, False),
        (pd.NA, True, True),
        (pd.NA, pd.NA, pd.NA),
    ],
)
def test_a_stain_is_seen_when_any_reader_saw_it(first, second, seen):
    table = make_biopsies(
        stain("A", 0, 1, expressed=first), stain("A", 0, 1, expressed=second, reader="two")
    )
    [found] = average_readers(table)["expressed"]
    assert (found is pd.NA) if seen is pd.NA else (found == seen)


def test_a_section_scored_twice_by_one_reader_is_refused():
    with pytest.raises(ValueError, match="found more for"):
        average_readers(make_biopsies(stain("A", 0, 1), stain("A", 0, 2)))


def test_two_units_of_a_stain_are_refused():
    table = make_biopsies(stain("A", 0, 1), stain("B", 0, 2, unit="%"))
    with pytest.raises(ValueError, match="CD3: cells/mm2 and %"):
        average_readers(table)


def test_expression_has_a_row_for_everybody_and_is_missing_without_a_biopsy():
    specimens = average_readers(make_biopsies(stain("A", 6, 0, expressed=False, marker="IL-1Ra")))
    found = derive_expression(specimens, ["B", "A"], marker="IL-1Ra", months=[0.0, 6.0])
    assert found["expressed"].tolist() == [pd.NA, pd.NA, pd.NA, False]
    none = derive_expression(specimens, ["A"], marker="CD3", months=[6.0])
    assert none["expressed"].isna().all()


@pytest.mark.parametrize(
    ("level", "fi", "reason"),
    [
        (5.0, 40.0, ""),
        (NA, 40.0, "no baseline biopsy"),
        (5.0, NA, "no Functional Index"),
        (NA, NA, "neither biopsy nor Functional Index"),
    ],
)
def test_who_lacks_biopsy_or_functional_index_is_named_with_the_reason(level, fi, reason):
    specimens = average_readers(make_biopsies(stain("A", 0, level)))
    index = pd.DataFrame({"patient_id": ["A"], "month": [6.0], "fi": [fi]})
    pairs = pair_with_functional_index(
        specimens, index, ["A"], markers=["CD3", "CD163"], baseline_month=0.0, month=6.0
    )
    assert pairs["panel"].tolist() == ["CD3"]
    assert pairs["reason"].tolist() == [reason]


def test_without_functional_index_there_are_no_pairs():
    specimens = average_readers(make_biopsies(stain("A", 0, 1)))
    pairs = pair_with_functional_index(
        specimens, None, ["A"], markers=["CD3"], baseline_month=0.0, month=6.0
    )
    assert pairs.empty
    assert {"panel", "patient_id", "level", "fi", "reason"} <= set(pairs)


def test_readers_are_paired_on_the_sections_that_both_scored():
    table = make_biopsies(
        stain("A", 0, 1),
        stain("B", 0, 2),
        stain("B", 0, 3, reader="two"),
        stain("C", 0, 4, reader="two"),
    )
    found = pair_readers(table)
    assert found[["patient_id", "first", "second"]].values.tolist() == [["B", 2.0, 3.0]]


def test_three_readers_make_three_pairs_and_one_reader_none():
    three = [stain("A", 0, value, reader=f"r{value}") for value in (1, 2, 3)]
    found = pair_readers(make_biopsies(*three))
    assert found[["first", "second"]].values.tolist() == [[1.0, 2.0], [1.0, 3.0], [2.0, 3.0]]
    assert pair_readers(make_biopsies(stain("A", 0, 1))).empty


@pytest.mark.parametrize(
    ("values", "unit", "ordinal"),
    [
        ([0, 3], "grade", True),
        ([0, 3], "Score 0-3", True),
        ([0, 10], "points", True),
        ([0, 11], "points", False),
        ([0, 1.5], "grade", False),
        ([0, 3], "cells/mm2", False),
        ([0, 3, NA], "", True),
        ([0, 30], "", False),
    ],
)
def test_small_whole_numbers_on_a_named_scale_are_steps(values, unit, ordinal):
    assert is_ordinal(pd.Series(values, dtype="float64"), unit=unit) is ordinal
