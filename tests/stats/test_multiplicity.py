"""Adjusted p-values; numbers from R's p.adjust."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from helpers.stats.multiplicity import benjamini_hochberg, holm

P = [0.001, 0.012, 0.02, 0.03, 0.2, 0.6]


def test_holm_agrees_with_r():
    assert holm(P).tolist() == pytest.approx([0.006, 0.06, 0.08, 0.09, 0.4, 0.6], abs=1e-12)


def test_benjamini_hochberg_agrees_with_r():
    expected = [0.006, 0.036, 0.04, 0.045, 0.24, 0.6]
    assert benjamini_hochberg(P).tolist() == pytest.approx(expected, abs=1e-12)


@given(p=st.lists(st.floats(0, 1), min_size=1, max_size=12))
@settings(deadline=None, max_examples=40)
def test_benjamini_hochberg_agrees_with_scipy(p):
    assert benjamini_hochberg(p).tolist() == pytest.approx(false_discovery_control(p).tolist())


@given(p=st.lists(st.floats(0, 1), min_size=1, max_size=6))
@settings(deadline=None, max_examples=40)
def test_holm_is_the_closed_bonferroni_test(p):
    subsets = [s for k in range(1, len(p) + 1) for s in combinations(range(len(p)), k)]
    closed = [
        max(min(1.0, len(s) * min(p[j] for j in s)) for s in subsets if i in s)
        for i in range(len(p))
    ]
    assert holm(p).tolist() == pytest.approx(closed)


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_a_missing_p_stays_missing_and_does_not_count(adjust):
    gappy = pd.Series([0.04, None, 0.01, np.nan], index=["a", "b", "c", "d"], dtype=object)
    result = adjust(gappy)
    assert result[["a", "c"]].tolist() == adjust([0.04, 0.01]).tolist()
    assert result[["b", "d"]].isna().all()
    assert result.index.tolist() == ["a", "b", "c", "d"]


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_nothing_to_adjust_is_fine(adjust):
    assert adjust([]).empty
    assert adjust([None]).isna().all()


def test_percentages_are_refused():
    with pytest.raises(ValueError, match="between 0 and 1, got"):
        holm([0.5, 4.0])
