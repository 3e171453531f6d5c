"""AUC against hand work and pROC's definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.stats.exact.exact import rank_sum_test
from helpers.stats.topics.discrimination import auc, score_interval

values = st.lists(st.integers(0, 6), min_size=2, max_size=8)


def test_delong_by_hand():
    # Placements of 5, 6, 9: 2/3, 2/3, 1 (var 1/27); of 1, 2, 7: 1, 1, 1/3 (var 4/27).
    result = auc([5, 6, 9], [1, 2, 7])
    error = np.sqrt((1 / 27 + 4 / 27) / 3)
    assert result.estimate == pytest.approx(7 / 9, abs=1e-12)
    assert result.interval.low == pytest.approx(7 / 9 - 1.959963985 * error, abs=1e-9)
    assert result.interval.high == 1.0


def test_the_logit_interval_stays_inside():
    low, high = auc([5, 6, 9], [1, 2, 7], method="logit").interval
    assert 0 < low < 7 / 9 < high < 1


@given(x=values, y=values)
@settings(deadline=None, max_examples=40)
def test_the_p_is_the_rank_sum_p(x, y):
    assert auc(x, y).p_value == rank_sum_test(x, y).p_value


@pytest.mark.parametrize("method", ["delong", "logit", "score"])
@given(x=values, y=values)
@settings(deadline=None, max_examples=30)
def test_swapping_the_groups_mirrors_the_interval(method, x, y):
    forward, back = auc(x, y, method=method), auc(y, x, method=method)
    assert forward.interval.low == pytest.approx(1 - back.interval.high, abs=1e-7)
    assert forward.interval.low < forward.interval.high


@pytest.mark.parametrize(("x", "y"), [([4, 5, 6], [1, 2, 3]), ([1, 2, 3], [4, 5, 6])])
def test_complete_separation_falls_back_and_says_so(x, y):
    result = auc(x, y)
    assert result.interval.high - result.interval.low > 0.3
    assert "score (Newcombe) interval" in result.method
    assert "score interval" in result.note


def test_the_score_limit_solves_its_own_equation():
    low, high = score_interval(1.0, 7, 8, 0.95)
    variance = low * (1 - low) * (1 + 6.5 * ((1 - low) / (2 - low) + low / (1 + low))) / 56
    assert 1 - low == pytest.approx(1.959963985 * np.sqrt(variance), abs=1e-8)
    assert high == 1.0


def test_an_empty_group_has_no_area():
    assert auc([], [1, 2]).reason == "no positive values"
