"""Effect sizes: sign, size and intervals that never pretend certainty."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nct

from helpers.stats.effect_sizes import (
    cliff_delta,
    hedges_g,
    hedges_g_paired,
    rank_biserial,
    rank_biserial_paired,
)

TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
WEEKS = [1.15, 0.88, 0.90, 0.74, 1.21]
DEPRESSION = [0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01]
values = st.lists(st.integers(0, 6), min_size=3, max_size=8)


def test_permeability_rank_biserial():
    # 2 * 35 / 50 - 1.
    assert rank_biserial(TERM, WEEKS).estimate == pytest.approx(0.4, abs=1e-12)


def test_depression_rank_biserial():
    # (40 - 5) / 45.
    assert rank_biserial_paired(DEPRESSION).estimate == pytest.approx(0.7777778, abs=1e-7)


@given(x=values, y=values)
@settings(deadline=None, max_examples=40)
def test_swapping_the_groups_turns_the_sign(x, y):
    forward, back = cliff_delta(x, y), cliff_delta(y, x)
    assert forward.estimate == pytest.approx(-back.estimate, abs=1e-12)
    assert forward.interval.low == pytest.approx(-back.interval.high, abs=1e-9)
    assert -1 <= forward.interval.low <= forward.estimate <= forward.interval.high <= 1


def test_cliff_s_interval_by_hand():
    # x = 1, 4; y = 2, 3, 5: signs -,-,- and +,+,-; delta -1/3. The unbiased variance is
    # (9 * 8/9 + 4 * 2/3 - 16/3) / (6 * 1 * 2) = 4/9.
    result = cliff_delta([1, 4], [2, 3, 5])
    delta, variance, z = -1 / 3, 4 / 9, 1.959963984540
    half = z * math.sqrt(variance) * math.sqrt((1 - delta**2) ** 2 + z**2 * variance)
    base = 1 - delta**2 + z**2 * variance
    expected = ((delta - delta**3 - half) / base, (delta - delta**3 + half) / base)
    assert tuple(result.interval) == pytest.approx(expected, abs=1e-9)


def test_complete_separation_keeps_a_width():
    result = cliff_delta([5, 6, 7], [1, 2, 3])
    assert result.estimate == 1.0
    assert result.interval.low < 0.5
    assert "score (Newcombe)" in result.method


def test_differences_of_one_sign_keep_a_width():
    result = rank_biserial_paired([1, 2, 3, 4, 5])
    assert result.estimate == 1.0
    # By hand: share 0.025 ** (1/5) = 0.478176; (5 * -0.043648 + 10 * -0.542696) / 15.
    assert result.interval.low == pytest.approx(-0.376346, abs=1e-6)
    assert rank_biserial_paired([-1, -2, -3, -4, -5]).interval.high == pytest.approx(
        0.376346, abs=1e-6
    )


def test_hedges_g_keeps_the_sign_pingouin_drops():
    # Means 3.5 and 7, pooled SD sqrt(31 / 6), J(6) = Gamma(3) / (sqrt(3) Gamma(2.5)).
    expected = -3.5 / math.sqrt(31 / 6) * 2 / (math.sqrt(3) * math.gamma(2.5))
    assert hedges_g([1, 2, 4, 7], [5, 6, 8, 9]).estimate == pytest.approx(expected, abs=1e-12)


def test_hedges_g_limits_put_the_observed_t_at_the_tails():
    result = hedges_g(TERM, WEEKS)
    scale = math.sqrt(1 / 10 + 1 / 5)
    factor = math.exp(math.lgamma(6.5) - math.lgamma(6)) / math.sqrt(6.5)
    low, high = (limit / factor / scale for limit in result.interval)
    assert nct.cdf(result.statistic, 13, low) == pytest.approx(0.975, abs=1e-8)
    assert nct.cdf(result.statistic, 13, high) == pytest.approx(0.025, abs=1e-8)


def test_hedges_g_of_paired_differences():
    # mean 2, SD 1, J(2) = Gamma(1) / Gamma(1/2) = 0.5641896.
    assert hedges_g_paired([1, 2, 3]).estimate == pytest.approx(2 * 0.5641896, abs=1e-7)


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (hedges_g([1], [2]), "four in all"),
        (hedges_g([2, 2], [2, 2]), "do not vary"),
        (hedges_g_paired([1, 2]), "three differences, got 2"),
        (hedges_g_paired([3, 3, 3]), "do not vary"),
        (cliff_delta([], [1]), "no values in x"),
        (rank_biserial_paired([0, 0]), "all differences are zero"),
        (rank_biserial_paired([]), "no differences"),
    ],
)
def test_what_is_undefined_is_missing_with_a_reason(result, reason):
    assert result.estimate is None
    assert result.interval is None
    assert reason in result.reason


def test_missing_values_are_counted():
    assert hedges_g([1, 2, np.nan], [4, 5, 7]).n_missing == 1
