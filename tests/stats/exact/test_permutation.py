"""Permutation tests against published examples, enumeration and scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import permutation_test as scipy_permutation_test

from helpers.stats.exact.permutation import permutation_test, sign_flip_test

ANTIGEN = [149, -51, 0, -126, 106, 20, 0, 52, 292, 0, 103, 0, 84, 89, 159, 404, 500, 259, 14, 2600]
GLOBULIN_1 = [38, 26, 29, 41, 36, 31, 32, 30, 35, 33]
GLOBULIN_2 = [45, 28, 27, 38, 40, 42, 39, 39, 34, 35]


def test_twenty_differences_are_exact():
    result = sign_flip_test(ANTIGEN)
    assert result.p_value == pytest.approx(0.002136, abs=5e-7)  # exactRankTests, StatXact 0.0021
    assert result.p_error is None


def test_globulin_agrees_with_exactranktests():
    result = permutation_test(GLOBULIN_1, GLOBULIN_2)
    assert result.p_value == pytest.approx(0.1475, abs=5e-5)
    assert tuple(result.interval) == pytest.approx((-8.50, 1.25), abs=1e-12)


@given(d=st.lists(st.integers(-5, 9), min_size=3, max_size=9))
@settings(deadline=None, max_examples=25)
def test_any_statistic_gives_what_the_mean_gives(d):
    assert sign_flip_test(d, lambda v: float(v.mean())).p_value == pytest.approx(
        sign_flip_test(d).p_value, abs=1e-12
    )


@given(
    x=st.lists(st.integers(0, 9), min_size=3, max_size=4),
    y=st.lists(st.integers(0, 9), min_size=3, max_size=4),
)
@settings(deadline=None, max_examples=15)
def test_one_sided_p_is_scipy_s(x, y):
    reference = scipy_permutation_test(
        (x, y), lambda a, b: np.mean(a) - np.mean(b), alternative="greater"
    )
    ours = permutation_test(x, y, alternative="greater")
    assert ours.p_value == pytest.approx(reference.pvalue, abs=1e-12)


@given(
    x=st.lists(st.integers(0, 20), min_size=4, max_size=5),
    y=st.lists(st.integers(0, 20), min_size=4, max_size=5),
)
@settings(deadline=None, max_examples=15)
def test_the_interval_holds_the_shifts_the_test_keeps(x, y):
    interval = permutation_test(x, y).interval
    for limit, outward, side in ((interval.low, -1, "greater"), (interval.high, 1, "less")):
        outside = permutation_test(np.array(x) - limit - 0.001 * outward, y, alternative=side)
        inside = permutation_test(np.array(x) - limit + 0.001 * outward, y, alternative=side)
        assert outside.p_value <= 0.025
        assert inside.p_value > 0.025


def test_drawn_patterns_are_seeded_and_state_their_error():
    rng = np.random.default_rng(1)
    d = rng.normal(0.3, 1, 30)
    result = sign_flip_test(d)
    assert result == sign_flip_test(d)
    assert result.method.endswith("9,999 seeded draws")
    assert result.p_error == pytest.approx(
        np.sqrt(result.p_value * (1 - result.p_value) / 9999), rel=1e-12
    )
    assert result.p_value >= result.smallest_p == 1 / 10_000


def test_large_groups_are_drawn():
    rng = np.random.default_rng(2)
    result = permutation_test(rng.normal(size=20), rng.normal(3, 1, 20))
    assert result.p_value == 1 / 10_000


def test_a_statistic_of_two_groups():
    result = permutation_test([1, 2, 3], [7, 8, 9], lambda a, b: np.median(a) - np.median(b))
    assert result.estimate == -6
    assert result.p_value == pytest.approx(0.2, abs=1e-12)  # 4 of 20


def test_an_undefined_statistic_is_refused():
    with pytest.raises(ValueError, match="not finite for"):
        sign_flip_test([1, 2], lambda v: float("nan"))


def test_too_few_draws_are_refused():
    with pytest.raises(ValueError, match="99 or more, got 10"):
        sign_flip_test(range(40), resamples=10)


@pytest.mark.parametrize(("x", "y"), [([], [1]), ([1], [])])
def test_an_empty_group_is_missing(x, y):
    assert permutation_test(x, y).p_value is None


def test_no_differences_are_missing():
    assert sign_flip_test([None]).reason == "no differences"
