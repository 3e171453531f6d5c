"""Draws: the same numbers for ever, sums that fit, and a plain word when nothing can fit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.reconstruct.draws import Draws, draw_until, fit_to_total, scale_percent


def test_a_stream_gives_the_same_numbers_under_every_numpy():
    # Raw output of PCG64 seeded by SeedSequence, which numpy promises not to change (NEP 19).
    stream = Draws("example", seed=2014)
    assert [stream.between(0, 999) for _ in range(6)] == [545, 514, 269, 661, 389, 455]


def test_topics_and_seeds_have_streams_of_their_own():
    first = [Draws("a").between(0, 10**9) for _ in range(2)]
    assert first[0] == first[1]
    assert Draws("a").between(0, 10**9) != Draws("b").between(0, 10**9)
    assert Draws("a").between(0, 10**9) != Draws("a", seed=1).between(0, 10**9)


@given(low=st.integers(-50, 50), width=st.integers(0, 100))
@settings(deadline=None, max_examples=50)
def test_draws_stay_inside_their_range(low, width):
    stream = Draws("range")
    drawn = [stream.between(low, low + width) for _ in range(20)]
    drawn += [stream.skewed(low, low + width) for _ in range(20)]
    assert all(low <= value <= low + width for value in drawn)


def test_small_values_are_drawn_more_often_by_a_skewed_draw():
    stream = Draws("skew")
    drawn = [stream.skewed(0, 99) for _ in range(500)]
    # The smallest of three has its median where half of one, cubed: 100 * (1 - 0.5 ** (1/3)) = 21.
    assert sum(value <= 20 for value in drawn) == pytest.approx(250, abs=40)


def test_a_range_upside_down_is_refused():
    with pytest.raises(ValueError, match="expected low <= high, found 3 > 2"):
        Draws("x").between(3, 2)


@given(st.lists(st.integers(), max_size=8))
@settings(deadline=None, max_examples=50)
def test_a_shuffle_keeps_every_item(items):
    assert sorted(Draws("shuffle").shuffle(items)) == sorted(items)


def test_a_condition_that_never_holds_is_named():
    with pytest.raises(RuntimeError, match="serum: none of 5000 candidates"):
        draw_until(lambda: 1, lambda value: value > 1, what="serum")


@pytest.mark.parametrize(
    ("value", "percent", "scaled"), [(50, 99, 50), (50, 101, 51), (40, 126, 50), (3, 50, 2)]
)
def test_halves_are_rounded_up(value, percent, scaled):
    assert scale_percent(value, percent) == scaled


@given(
    values=st.lists(st.integers(-20, 120), min_size=1, max_size=12),
    share=st.floats(0, 1),
)
@settings(deadline=None, max_examples=100)
def test_fitted_values_have_the_total_and_stay_inside_their_limits(values, share):
    total = round(share * 100 * len(values))
    fitted = fit_to_total(values, total=total, low=0, high=100)
    assert sum(fitted) == total
    assert all(0 <= value <= 100 for value in fitted)
    assert len(fitted) == len(values)


def test_a_total_out_of_reach_is_refused():
    with pytest.raises(ValueError, match="2 values of 0 to 9 cannot add up to 19"):
        fit_to_total([1, 1], total=19, low=0, high=9)
