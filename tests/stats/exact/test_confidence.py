"""Confidence that a share lies above a limit: against fractions, and by enumeration."""

from fractions import Fraction
from math import comb

import pytest

from helpers.stats.exact.confidence import find_confidence

THIRD = 1 / 3


def count_up(count, n, limit):
    """Give P(X < count) and P(X = count) in whole fractions."""
    mass = [comb(n, k) * limit**k * (1 - limit) ** (n - k) for k in range(n + 1)]
    return sum(mass[:count], Fraction(0)), mass[count]


@pytest.mark.parametrize(
    ("count", "n", "exact", "midp"),
    [
        # By hand, in 6561ths: 4864 below 4 of 8, and 1120 at it.
        (4, 8, 4864 / 6561, 5424 / 6561),
        # In 3^15ths: 11435520 below 7 of 15, and 1647360 at it.
        (7, 15, 11435520 / 3**15, 12259200 / 3**15),
        (0, 8, 0.0, 128 / 6561),
    ],
)
def test_known_values(count, n, exact, midp):
    assert find_confidence(count, n, above=THIRD, method="exact") == pytest.approx(exact, abs=1e-6)
    assert find_confidence(count, n, above=THIRD) == pytest.approx(midp, abs=1e-6)


@pytest.mark.parametrize("limit", [Fraction(1, 3), Fraction(1, 2), Fraction(1, 5)])
@pytest.mark.parametrize("n", range(8, 21))
def test_both_are_what_whole_fractions_give(n, limit):
    for count in range(n + 1):
        below, at = count_up(count, n, limit)
        exact = find_confidence(count, n, above=float(limit), method="exact")
        assert exact == pytest.approx(float(below), abs=1e-12)
        midp = find_confidence(count, n, above=float(limit))
        assert midp == pytest.approx(float(below + at / 2), abs=1e-12)


@pytest.mark.parametrize("n", range(8, 21))
def test_the_exact_one_is_high_no_more_often_than_it_says(n):
    limit = Fraction(1, 3)
    mass = [count_up(count, n, limit)[1] for count in range(n + 1)]
    said = [find_confidence(count, n, above=THIRD, method="exact") for count in range(n + 1)]
    for level in said:  # elsewhere the chance is that of the next level
        reached = sum(m for m, confidence in zip(mass, said, strict=True) if confidence >= level)
        assert float(reached) <= 1 - level + 1e-12


def test_mid_p_may_go_beyond_and_is_named_so():
    # 0 of 8: mid-p says 2 %, though every count gives at least that.
    assert find_confidence(0, 8, above=THIRD) > 0


def test_nobody_gives_no_confidence():
    assert find_confidence(0, 0, above=THIRD) is None


@pytest.mark.parametrize(("count", "n", "above"), [(9, 8, 0.3), (-1, 8, 0.3), (1, 8, 0), (1, 8, 1)])
def test_what_is_no_share_is_refused(count, n, above):
    with pytest.raises(ValueError, match="must"):
        find_confidence(count, n, above=above)
