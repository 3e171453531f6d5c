import math

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from helpers.quantify.flow.percents import Share, find_change, find_net, find_percent


def test_no_event_of_twenty_thousand_is_below_0_018_percent():
    # 1 - 0.025^(1/20000), Clopper and Pearson's limit for no event
    one = find_percent(Share(0, 20000))
    assert (one.value, one.lower) == (0, 0)
    assert one.upper == pytest.approx(100 * (1 - 0.025 ** (1 / 20000)))
    assert "counting error only" in one.method


@pytest.mark.parametrize(
    ("count", "parent", "low", "high"),
    [  # Newcombe, Statistics in Medicine 1998; 17:857-872, table I, Clopper and Pearson
        (81, 263, 25.27, 36.76),
        (15, 148, 5.78, 16.17),
        (0, 20, 0, 16.84),
        (1, 29, 0.09, 17.76),
    ],
)
def test_a_percent_has_the_exact_interval(count, parent, low, high):
    one = find_percent(Share(count, parent))
    assert [one.lower, one.upper] == pytest.approx([low, high], abs=0.006)
    p = count / parent
    assert one.se == pytest.approx(100 * math.sqrt(p * (1 - p) / parent))


def test_all_events_of_the_parent_are_a_hundred_percent():
    assert find_percent(Share(1000, 1000)).upper == 100


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [  # Newcombe, Statistics in Medicine 1998; 17:873-890, table II, method 10
        ((56, 70), (48, 80), 5.24, 33.39),
        ((9, 10), (3, 10), 17.05, 80.90),
        ((5, 56), (0, 29), -3.81, 19.26),
        ((0, 10), (0, 20), -16.11, 27.75),
        ((10, 10), (0, 10), 60.75, 100.00),
    ],
)
def test_a_difference_has_newcombes_interval(a, b, low, high):
    net = find_net(Share(*a), Share(*b))
    assert net.lower == pytest.approx(low, abs=0.006)
    assert net.upper == pytest.approx(high, abs=0.006)
    theirs = confint_proportions_2indep(*a, *b, method="newcomb", compare="diff")
    assert (net.lower, net.upper) == pytest.approx([100 * one for one in theirs])


def test_a_change_of_two_nets_adds_four_wilson_distances_in_squares():
    # By hand from Wilson's limits, in per cent
    change = find_change((Share(10, 100), Share(5, 100)), (Share(30, 100), Share(6, 100)))
    # 30: 21.895 to 39.585; 6: 2.779 to 12.477; 10: 5.523 to 17.437; 5: 2.154 to 11.175
    below = math.sqrt(8.105**2 + 6.477**2 + 7.437**2 + 2.846**2)
    above = math.sqrt(9.585**2 + 3.221**2 + 4.477**2 + 6.175**2)
    assert change.value == pytest.approx(19)
    assert change.lower == pytest.approx(19 - below, abs=0.01)
    assert change.upper == pytest.approx(19 + above, abs=0.01)
    assert "MOVER" in change.method


def test_a_change_of_one_tube_each_is_newcombes():
    change, net = (one(Share(9, 10), Share(3, 10)) for one in (find_change, find_net))
    assert (change.lower, change.upper) == pytest.approx((-net.upper, -net.lower))


def test_a_change_needs_two_visits_of_one_kind():
    with pytest.raises(ValueError, match="both visits with a pair of tubes or both without"):
        find_change(Share(1, 2), (Share(1, 2), Share(1, 2)))


@pytest.mark.parametrize(
    ("count", "flags"),
    [
        (0, ("count only",)),
        (9, ("count only",)),
        (10, ("imprecise",)),
        (24, ("imprecise",)),
        (25, ()),
    ],
)
def test_few_events_carry_a_flag(count, flags):
    assert find_percent(Share(count, 10_000)).flags == flags


def test_a_net_at_zero_is_not_above_background():
    assert "not above background" in find_net(Share(40, 10_000), Share(30, 10_000)).flags
    assert find_net(Share(100, 10_000), Share(30, 10_000)).flags == ()


def test_without_parent_events_a_percent_is_missing_and_says_so():
    for one in (
        find_percent(Share(0, 0)),
        find_net(Share(1, 9), Share(0, 0)),
        find_change(Share(0, 0), Share(1, 9)),
    ):
        assert (one.value, one.lower, one.flags) == (None, None, ("no parent events",))


def test_a_count_lies_within_its_parent():
    with pytest.raises(ValueError, match="from 0 to its parent's 5, got 6"):
        Share(6, 5)
