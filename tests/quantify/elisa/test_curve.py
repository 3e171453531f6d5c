import math

import numpy as np
import pytest

from helpers.quantify.elisa.curve import Curve, CurveError, fit_curve

# Growth of ryegrass roots by dose of ferulic acid, cm (Inderjit, Streibig & Olofsdotter 2002), as
# in R's package drc; LL.4 by R's nls: b 2.9822, c 0.4814, d 7.7930, e 3.0580.
DOSE = [0] * 6 + [0.94] * 3 + [1.88] * 3 + [3.75] * 3 + [7.5] * 3 + [15] * 3 + [30] * 3
ROOTS = [
    *(7.58, 8, 8.3285714, 7.25, 7.375, 7.9625, 8.3555556, 6.9142857, 7.75),
    *(6.8714286, 6.45, 5.9222222, 1.925, 2.8857143, 4.2333333, 1.1875, 0.8571429, 1.057142),
    *(0.6875, 0.525, 0.825, 0.25, 0.22, 0.44),
]
RISING = Curve("4pl", (0.05, 1.2, 80.0, 3.0, 1.0))
FALLING = Curve("4pl", (3.0, 1.2, 80.0, 0.05, 1.0))
BENT = Curve("5pl", (0.05, 1.2, 80.0, 3.0, 0.5))
LINE = Curve("linear", (0.002, 0.05))
CURVES = [RISING, FALLING, BENT, LINE]
X = np.array([1.0, 5.0, 40.0, 80.0, 500.0])


def test_ryegrass_as_r_fits_it():
    curve = fit_curve(DOSE, ROOTS)
    a, b, c, d, _ = curve.coefficients
    assert (b, d, a, c) == pytest.approx((2.9822, 0.4814, 7.7930, 3.0580), abs=5e-5)
    assert not curve.rises


@pytest.mark.parametrize("curve", CURVES, ids=["rising", "falling", "bent", "line"])
def test_there_and_back(curve):
    assert curve.concentration(curve.signal(X)) == pytest.approx(X)


@pytest.mark.parametrize("curve", CURVES, ids=["rising", "falling", "bent", "line"])
def test_slopes_and_gradients_are_those_of_differences(curve):
    step = 1e-6
    by_log = (curve.signal(X * math.exp(step)) - curve.signal(X * math.exp(-step))) / (2 * step)
    assert curve.slope(X) == pytest.approx(by_log, rel=1e-5)
    values = np.array(curve.coefficients)
    logs = [] if curve.shape == "linear" else [1, 2, 4]
    for at in range(curve.gradient(X).shape[1]):
        up, down = values.copy(), values.copy()
        if at in logs:
            up[at], down[at] = values[at] * math.exp(step), values[at] * math.exp(-step)
        else:
            up[at], down[at] = values[at] + step, values[at] - step
        pair = [Curve(curve.shape, tuple(one)).signal(X) for one in (up, down)]
        expected = (pair[0] - pair[1]) / (2 * step)
        assert curve.gradient(X)[:, at] == pytest.approx(expected, rel=1e-4, abs=1e-7)


def test_signals_beyond_the_ends_are_beyond_every_concentration():
    assert RISING.concentration([0.05, 0.0, 3.0, 9.0]).tolist() == [-math.inf] * 2 + [math.inf] * 2
    assert FALLING.concentration([0.05, 3.0]).tolist() == [math.inf, -math.inf]
    assert RISING.concentration([math.inf, -math.inf]).tolist() == [math.inf, -math.inf]
    assert LINE.concentration(0.04) == -math.inf
    assert math.isnan(RISING.concentration(math.nan))


def test_a_slope_below_zero_is_the_same_curve_turned_round():
    turned = Curve("4pl", (3.0, -1.2, 80.0, 0.05, 1.0))
    assert turned.rises
    assert turned.signal(X) == pytest.approx(RISING.signal(X))
    assert turned.concentration([0.01, 1.0, 4.0]) == pytest.approx(
        RISING.concentration([0.01, 1.0, 4.0])
    )


@pytest.mark.parametrize("curve", CURVES, ids=["rising", "falling", "bent", "line"])
@pytest.mark.parametrize("weights", ["none", "1/y", "1/y2"])
def test_an_exact_curve_is_found_again(curve, weights):
    x = np.repeat([0.0, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1280], 2)
    found = fit_curve(x, curve.signal(x), shape=curve.shape, weights=weights)
    assert found.signal(x) == pytest.approx(curve.signal(x), rel=1e-5)


def test_units_of_the_signal_change_nothing():
    x = np.array([0.0, 5, 10, 20, 40, 80, 160, 320])
    y = RISING.signal(x) * [1, 1.02, 0.98, 1.01, 0.99, 1.03, 0.97, 1]
    one, thousand = fit_curve(x, y), fit_curve(x, 1000 * y)
    assert one.coefficients[1:3] == pytest.approx(thousand.coefficients[1:3], rel=1e-6)


def test_a_curve_whose_end_no_standard_reaches_is_good_within_the_standards():
    x = np.array([5.0, 10, 25, 50, 100])
    y = 0.1 + 0.01 * x**0.9
    assert fit_curve(x, y).concentration(y) == pytest.approx(x, rel=0.02)


@pytest.mark.parametrize(
    ("x", "y", "options", "told"),
    [
        ([0, 1, 2], [0, 1, 2], {}, "3 levels of standards; a 4pl curve needs 4"),
        ([0, 1, 2, 3], [0, 1, 2, 3], {"shape": "5pl"}, "4 levels of standards; a 5pl"),
        ([1], [1], {"shape": "linear"}, "1 levels"),
        ([], [], {}, "0 levels"),
        ([0, 1, 2, 3, 4], [1, 1, 1, 1, 1], {}, "all alike"),
        ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4], {"weights": "1/y"}, "signal of 0, for which 1/y"),
        ([0, 1, 2, 3], [math.nan, 1, 2, 3], {}, "3 levels"),
    ],
)
def test_standards_through_which_no_curve_goes(x, y, options, told):
    with pytest.raises(CurveError, match=told):
        fit_curve(x, y, **options)


def test_as_many_levels_as_parameters_are_enough():
    assert fit_curve([1, 10, 100, 1000], RISING.signal([1, 10, 100, 1000])).rises
