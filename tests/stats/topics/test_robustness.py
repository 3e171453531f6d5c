"""Leaving one patient out at a time."""

import pandas as pd
import pytest

from helpers.stats.exact.exact import hodges_lehmann, signed_rank_test
from helpers.stats.topics.robustness import leave_one_out

TABLE = pd.DataFrame(
    {"patient_id": ["p1", "p1", "p2", "p3"], "change": [1.0, 2.0, 9.0, 4.0], "month": [3, 6, 3, 3]}
)


def test_all_rows_of_a_patient_leave_together():
    rows = leave_one_out(TABLE, lambda rest: hodges_lehmann(rest["change"]))
    assert rows["left_out"].tolist() == ["p1", "p2", "p3"]
    assert rows["n_used"].tolist() == [2, 3, 3]
    assert rows["estimate"].tolist() == [6.5, 2.25, 3.5]


def test_the_table_has_the_result_s_columns_even_when_empty():
    rows = leave_one_out(TABLE.iloc[:0], lambda rest: signed_rank_test(rest["change"]))
    assert rows.empty
    assert {"left_out", "estimate", "p_value", "low", "high", "reason"} <= set(rows.columns)


def test_the_input_is_not_changed():
    before = TABLE.copy()
    leave_one_out(TABLE, lambda rest: signed_rank_test(rest["change"]))
    pd.testing.assert_frame_equal(TABLE, before)


def test_a_missing_patient_column_is_named():
    with pytest.raises(ValueError, match="expected a column 'patient_id'"):
        leave_one_out(
            pd.DataFrame({"change": [1.0]}), lambda rest: signed_rank_test(rest["change"])
        )


def test_rows_of_nobody_are_refused():
    nobody = pd.DataFrame({"patient_id": ["p1", None], "change": [1.0, 2.0]})
    with pytest.raises(ValueError, match="lacks a value in 1 row"):
        leave_one_out(nobody, lambda rest: signed_rank_test(rest["change"]))
