import math

import numpy as np
import pytest

from helpers.quantify.elisa.curve import Curve
from helpers.quantify.elisa.uncertainty import (
    calibrate,
    pool_spread,
    student,
    take_printed,
)

TRUTH = Curve("4pl", (0.05, 1.2, 1200.0, 3.2, 1.0))
X = np.repeat([0.0, 47, 94, 188, 375, 750, 1500, 3000], 2)
OPTIONS = {"shape": "4pl", "weights": "none", "fit_to": "means"}


def test_two_equal_groups_give_their_pooled_variance():
    spread = pool_spread([[1.0, 1.2], [1.0, 1.2, 1.1]])
    # Variances 0.02 (1 df) and 0.01 (2 df): (0.02 + 0.02) / 3, whatever part is the constant's.
    assert spread.df == 3
    assert float(spread.variance(1.1)) == pytest.approx(0.04 / 3, rel=0.02)


def test_a_constant_coefficient_of_variation_is_found():
    rng = np.random.default_rng(1)
    groups = [list(mean * (1 + 0.05 * rng.normal(size=2))) for mean in np.geomspace(0.1, 3, 400)]
    assert float(pool_spread(groups).variance(1.0)) ** 0.5 == pytest.approx(0.05, rel=0.1)


def test_single_wells_overflows_and_nothing_say_nothing():
    assert pool_spread([[1.0], [math.inf, 1.0], [math.nan, 2.0], []]) is None
    assert pool_spread([]) is None
    same = pool_spread([[1.0, 1.0]])
    assert (same.constant, same.proportional) == (0, 0)


def test_student():
    # Table of Student's t, 0.975: 1 df 12.706, 10 df 2.228, infinite 1.960.
    assert student(1) == pytest.approx(12.706, abs=5e-4)
    assert student(10) == pytest.approx(2.228, abs=5e-4)
    assert student(math.inf) == pytest.approx(1.960, abs=5e-4)


def test_the_sandwich_of_a_straight_line_by_hand():
    # Wells at 0 and 1, sd 0.1 each: Var(intercept) = 0.01, Var(slope) = 0.02, Cov = -0.01.
    spread = pool_spread([[0.0, 0.0]])
    spread = type(spread)(0.01, 0.0, 8, "by hand")
    found = calibrate(
        [0, 1], [0.0, 2.0], shape="linear", weights="none", fit_to="wells", spread=spread
    )
    assert found.covariance == pytest.approx(np.array([[0.02, -0.01], [-0.01, 0.01]]))
    estimate = found.estimate(1.0, 2)
    # x = 0.5; Var(x) = (0.01 / 2 + Var of the line there, 0.005) / slope² = 0.0025.
    assert estimate.concentration == pytest.approx(0.5)
    assert estimate.log_variance == pytest.approx(0.0025 / 0.5**2)


def test_means_and_wells_are_the_same_where_every_level_has_as_many():
    rng = np.random.default_rng(2)
    y = TRUTH.signal(X) * (1 + 0.05 * rng.normal(size=X.size))
    spread = pool_spread([list(y[at : at + 2]) for at in range(0, y.size, 2)])
    means = calibrate(X, y, **OPTIONS, spread=spread)
    wells = calibrate(X, y, **{**OPTIONS, "fit_to": "wells"}, spread=spread)
    assert means.curve.coefficients == pytest.approx(wells.curve.coefficients, rel=1e-5)
    assert means.covariance == pytest.approx(wells.covariance, rel=1e-4)


def test_without_replicates_the_distances_tell_and_without_those_nothing():
    x = np.array([0.0, 47, 94, 188, 375, 750])
    y = TRUTH.signal(x) * [1, 1.02, 0.98, 1.01, 0.99, 1]
    found = calibrate(x, y, **OPTIONS, spread=None)
    assert found.spread.source == "distances of the standards from the curve (2 df)"
    bare = calibrate(x[1:5], y[1:5], **OPTIONS, spread=None)
    assert bare.spread is None
    assert bare.estimate(0.3, 1).log_variance is None


def test_there_is_no_estimate_off_the_curve():
    found = calibrate(X, TRUTH.signal(X), **OPTIONS, spread=pool_spread([[1.0, 1.1]]))
    assert found.estimate(0.04, 2) is None
    assert found.estimate(3.3, 2) is None
    assert found.estimate(math.nan, 2) is None


def test_what_two_readings_share_cancels():
    found = calibrate(X, TRUTH.signal(X), **OPTIONS, spread=pool_spread([[1.0, 1.1]]))
    one, same = found.estimate(1.0, 2), found.estimate(1.0, 2)
    curve = one.log_variance - one.own_variance
    assert one.log_covariance(same) == pytest.approx(curve)
    other = take_printed("4pl", TRUTH.coefficients, found.spread).estimate(1.0, 2)
    assert one.log_covariance(other) == 0
    assert other.log_variance == other.own_variance


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(3)
    held = {40.0: [], 1500.0: []}
    for _ in range(100):

        def read(x):
            mean = TRUTH.signal(x)
            return mean + rng.normal(size=mean.shape) * np.hypot(0.004, 0.05 * mean)

        y, pairs = read(X), read(np.repeat(np.geomspace(30, 2500, 24), 2))
        mine = {content: read(np.repeat(content, 2)) for content in held}
        groups = [*map(list, [*y.reshape(-1, 2), *pairs.reshape(-1, 2), *mine.values()])]
        found = calibrate(X, y, **OPTIONS, spread=pool_spread(groups))
        for content, signals in mine.items():
            estimate = found.estimate(signals.mean(), 2)
            reach = estimate.multiplier * math.sqrt(estimate.log_variance)
            held[content].append(abs(math.log(estimate.concentration / content)) <= reach)
    # benchmarks/coverage.py counts more often; 100 draws of 0.95 give 0.89 to 0.99.
    assert all(0.89 <= np.mean(each) <= 0.99 for each in held.values())
