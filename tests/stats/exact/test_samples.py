"""Samples as they enter a test."""

import numpy as np
import pandas as pd
import pytest

from helpers.stats.exact.samples import (
    count_tied,
    doubled_midranks,
    grid_codes,
    read_pairs,
    read_sample,
)


def test_every_way_to_be_missing_is_counted():
    mixed = [1, None, np.nan, pd.NA, 2.5]
    sample = read_sample(mixed, name="x")
    assert sample.values.tolist() == [1.0, 2.5]
    assert sample.n_missing == 3


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "boolean", "float64"])
def test_nullable_columns_are_read(dtype):
    sample = read_sample(pd.Series([1, None, 0], dtype=dtype), name="x")
    assert (sample.values.tolist(), sample.n_missing) == ([1.0, 0.0], 1)


def test_a_table_is_refused():
    with pytest.raises(ValueError, match=r"2 dimensions \(2, 2\): pass a single column"):
        read_sample(pd.DataFrame({"a": [1, 2], "b": [3, 4]}), name="x")


def test_aligned_series_are_pairs():
    one = pd.Series([1.0, None], index=["p1", "p2"])
    two = pd.Series([3.0, 4.0], index=["p1", "p2"])
    assert read_pairs(one, two).n_missing == 1


def test_values_one_noise_apart_share_a_code():
    codes = grid_codes(np.array([0.1 + 0.2, 0.3, 0.3000001]))
    assert codes[0] == codes[1] != codes[2]


def test_only_zeros_are_zero():
    assert grid_codes(np.zeros(3)).tolist() == [0, 0, 0]


def test_midranks_are_doubled():
    # Ranks 1, 2.5, 2.5, 4.
    assert doubled_midranks(np.array([1, 5, 5, 9])).tolist() == [2, 5, 5, 8]
    assert count_tied(np.array([1, 5, 5, 9])) == 2
