import pandas as pd
import pytest

from helpers.stats.topics.cytokines import compare_group_values


def make_values(values, ranks=None, *, what="Baseline"):
    names = [f"P{i}" for i in range(len(values))]
    frame = pd.DataFrame({"patient_id": names, "value": values, "rank": ranks or values})
    return frame.assign(panel="IL-1Ra", what=what)


def test_a_level_is_compared_as_a_ratio_with_its_exact_test():
    groups = pd.Series(["x", "x", "y", "y"], index=["P0", "P1", "P2", "P3"])
    [row] = compare_group_values(make_values([8.0, 16, 2, 4]), groups).to_dict("records")
    assert (row["ratio"], row["n_first"], row["n_second"]) == (pytest.approx(4.0), 2, 2)
    assert row["p_value"] == row["smallest_p"] == pytest.approx(1 / 3)
    assert row["achieved"] < 0.95


def test_values_that_are_missing_are_left_out_of_their_group():
    groups = pd.Series(["x", "x", "y"], index=["P0", "P1", "P2"])
    [row] = compare_group_values(make_values([8.0, None, 2]), groups).to_dict("records")
    assert (row["n_first"], row["n_second"], row["ratio"]) == (1, 1, pytest.approx(4.0))


def test_tied_limits_weaken_the_p():
    groups = pd.Series(["x", "x", "y", "y"], index=["P0", "P1", "P2", "P3"])
    values, ranks = [10.0, 12, 11, 30], [1.0, 1, 1, 30]
    [row] = compare_group_values(make_values(values, ranks), groups).to_dict("records")
    assert row["p_value"] == 1.0


def test_one_group_only_has_no_rows_and_keeps_its_columns():
    found = compare_group_values(make_values([1.0]), pd.Series(["x"], index=["P0"]))
    assert found.empty
    assert {"ratio", "achieved", "p_value"} <= set(found)
