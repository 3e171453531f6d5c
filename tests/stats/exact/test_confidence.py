"""Confidence above a mark: against binomial tails summed by hand."""

import math

import pytest

from helpers.stats.exact.confidence import confidence_above


def tail(events, n, mark):
    """Sum P(X < events) and P(X = events) term by term."""
    terms = [math.comb(n, k) * mark**k * (1 - mark) ** (n - k) for k in range(events + 1)]
    return sum(terms[:-1]), terms[-1]


@pytest.mark.parametrize(("events", "n", "mark"), [(7, 15, 1 / 3), (7, 15, 0.5), (0, 4, 0.5)])
def test_exact_is_the_lower_tail_and_mid_p_adds_half_of_what_was_seen(events, n, mark):
    below, here = tail(events, n, mark)
    sure = confidence_above(events, n, mark)
    assert sure.exact == pytest.approx(below)
    assert sure.mid_p == pytest.approx(below + here / 2)


def test_everybody_and_nobody():
    assert confidence_above(0, 3, 0.5).exact == 0
    assert confidence_above(3, 3, 0.5).mid_p == pytest.approx(1 - 0.125 / 2)


@pytest.mark.parametrize("given", [(4, 3, 0.5), (-1, 3, 0.5), (0, 0, 0.5)])
def test_an_impossible_count_is_refused(given):
    with pytest.raises(ValueError, match="expected a count from 0 to n"):
        confidence_above(*given)


@pytest.mark.parametrize("mark", [0, 1, -0.1])
def test_a_mark_that_is_no_share_is_refused(mark):
    with pytest.raises(ValueError, match="mark must be a share above 0 and below 1"):
        confidence_above(1, 3, mark)
