import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, fisher_exact

from helpers.stats.exact.exact import fisher_test
from helpers.stats.topics import planning


@pytest.mark.parametrize("n", [1, 3, 4, 5, 8, 11])
def test_what_is_significant_is_what_scipys_fisher_calls_significant(n):
    slow = [
        [fisher_exact([[a, n - a], [b, n - b]]).pvalue <= 0.05 + 1e-9 for b in range(n + 1)]
        for a in range(n + 1)
    ]
    assert planning.find_rejections(n).tolist() == slow


def test_a_p_of_exactly_the_level_is_significant():
    # 4 of 4 against 0 of 4: p = 2 / 70.
    p = fisher_test([[4, 0], [0, 4]]).p_value
    assert planning.find_rejections(4, level=p)[4, 0]
    assert not planning.find_rejections(4, level=p - 1e-6).any()


@pytest.mark.parametrize("n", [0, 2001])
def test_an_impossible_size_is_refused(n):
    with pytest.raises(ValueError, match="n_per_arm must lie between 1 and 2000, got"):
        planning.find_rejections(n)


def test_power_is_that_of_a_slow_sum_over_all_outcomes():
    n, treated, control = 7, 0.8, 0.2
    slow = sum(
        binom.pmf(a, n, treated) * binom.pmf(b, n, control)
        for a in range(n + 1)
        for b in range(a)
        if fisher_exact([[a, n - a], [b, n - b]]).pvalue <= 0.05
    )
    assert planning.compute_power(n, treated=treated, control=control) == pytest.approx(slow)


def test_power_of_certain_outcomes_is_1_or_0():
    assert planning.compute_power(4, treated=1.0, control=0.0) == 1
    assert planning.compute_power(4, treated=0.0, control=1.0) == 0
    assert planning.compute_power(3, treated=1.0, control=0.0) == 0


def test_power_without_a_difference_is_half_the_size_of_the_test():
    # At n = 4 only 4 against 0 counts: (1/16)^2.
    assert planning.compute_power(4, treated=0.5, control=0.5) == pytest.approx(1 / 256)


@pytest.mark.parametrize("shares", [(47.0, 0.2), (0.5, -0.1)])
def test_a_share_outside_0_to_1_is_refused(shares):
    with pytest.raises(ValueError, match="shares must lie between 0 and 1"):
        planning.compute_power(10, treated=shares[0], control=shares[1])


def test_the_planned_trial_of_a_responder_share_of_7_of_15_needs_54_in_each_arm():
    # Power at 53 and 54 by the slow sum, with scipy's Fisher test: 0.7899 and 0.8007.
    curve = planning.compute_power_curve(range(40, 80), {"seen": 7 / 15}, control=0.2)
    power = curve.set_index("n_per_arm")["power"]
    assert power[54] == pytest.approx(0.8007, abs=5e-5)
    sizes = planning.find_arm_sizes(curve, targets=[0.8, 0.9])
    assert [size.n_per_arm for size in sizes] == [54, 70]


def make_curve(*power):
    return pd.DataFrame({"scenario": "seen", "n_per_arm": range(2, 2 + len(power)), "power": power})


@pytest.mark.parametrize(
    ("power", "expected"),
    [
        ((0.7, 0.8, 0.9), 3),
        ((0.8, 0.9, 0.95), 2),
        ((0.8, 0.79, 0.8), 4),
        ((0.8, 0.9, 0.79), None),
        ((0.1, 0.2, 0.3), None),
    ],
)
def test_the_size_is_the_one_from_which_power_stays(power, expected):
    [found] = planning.find_arm_sizes(make_curve(*power), targets=[0.8])
    assert found.n_per_arm == expected
    assert (found.power is None) == (expected is None)


def test_simulation_agrees_with_the_exact_power_within_its_error():
    played = planning.simulate_power(
        [15, 54], treated=7 / 15, control=0.2, simulations=20_000, seed=7
    )
    exact = [planning.compute_power(n, treated=7 / 15, control=0.2) for n in (15, 54)]
    assert (np.abs(played["power"] - exact) < 4 * played["error"]).all()
    # sqrt(0.8 * 0.2 / 20000) = 0.0028.
    assert played["error"].iloc[1] == pytest.approx(0.0028, abs=1e-4)


def test_the_same_seed_gives_the_same_simulation():
    first, second = (
        planning.simulate_power([20], treated=0.5, control=0.2, simulations=500, seed=3)
        for _ in range(2)
    )
    assert first.equals(second)


def test_no_simulations_are_refused():
    with pytest.raises(ValueError, match="simulations must be 1 or more, got 0"):
        planning.simulate_power([20], treated=0.5, control=0.2, simulations=0)


def test_no_sizes_give_an_empty_table_with_its_columns():
    assert list(planning.simulate_power([], treated=0.5, control=0.2).columns) == [
        "n_per_arm",
        "power",
        "error",
        "simulations",
    ]
