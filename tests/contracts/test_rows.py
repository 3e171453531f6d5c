"""Rows of a table as dictionaries."""

import pandas as pd
import pytest

from helpers.contracts.rows import list_rows


def test_each_row_is_a_dictionary_in_the_order_of_the_table():
    frame = pd.DataFrame({"patient_id": ["B", "A"], "month": [3.0, 0.0]}, index=[7, 7])
    assert list_rows(frame) == [
        {"patient_id": "B", "month": 3.0},
        {"patient_id": "A", "month": 0.0},
    ]


def test_a_table_without_rows_gives_none():
    assert list_rows(pd.DataFrame(columns=["patient_id"])) == []


def test_column_names_become_text():
    assert list_rows(pd.DataFrame({3.0: ["improved"]})) == [{"3.0": "improved"}]


def test_missing_values_and_flags_stay_what_they_are():
    frame = pd.DataFrame(
        {"flag": pd.array([True, None], dtype="boolean"), "value": [float("nan"), 1.0]}
    )
    first, second = list_rows(frame)
    assert first["flag"] is True
    assert pd.isna(second["flag"])
    assert pd.isna(first["value"])


@pytest.mark.parametrize("column", ["class", "n-th", "1st", "a b"])
def test_a_column_may_have_any_name(column):
    assert list_rows(pd.DataFrame({column: [1]})) == [{column: 1}]
