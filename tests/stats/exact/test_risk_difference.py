"""The difference of two shares: against another program, its own mirror, and its promise."""

import numpy as np
import pytest
from scipy.stats import barnard_exact, binom

from helpers.stats.exact.risk_difference import EXACT, _Tables, risk_difference


@pytest.mark.parametrize("counts", [(9, 9, 1, 6), (3, 7, 1, 8), (7, 10, 4, 9), (5, 5, 5, 5)])
def test_without_a_difference_it_is_the_unconditional_score_test(counts):
    a, m, b, n = counts
    # scipy searches the unknown share finely, the interval on a grid: never above it.
    expected = barnard_exact([[a, b], [m - a, n - b]], n=256).pvalue
    found = _Tables(m, n).find_p(0.0, a * (n + 1) + b)
    assert found == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("counts", [(9, 9, 1, 6), (2, 5, 2, 7), (0, 4, 3, 4)])
def test_the_other_way_round_it_is_its_mirror(counts):
    one, other = risk_difference(*counts), risk_difference(*counts[2:], *counts[:2])
    assert one.estimate == pytest.approx(-other.estimate)
    assert list(one.interval) == pytest.approx([-end for end in reversed(list(other.interval))])


@pytest.mark.parametrize(("m", "n"), [(5, 6), (4, 4)])
def test_it_covers_at_least_its_level(m, n):
    ends = {
        (x, y): list(risk_difference(x, m, y, n).interval)
        for x in range(m + 1)
        for y in range(n + 1)
    }
    for p in np.linspace(0, 1, 11):
        for q in np.linspace(0, 1, 11):
            covered = sum(
                binom.pmf(x, m, p) * binom.pmf(y, n, q)
                for (x, y), (low, high) in ends.items()
                if low - 2e-4 <= p - q <= high + 2e-4
            )
            assert covered >= 0.95 - 1e-6, (p, q)


def test_large_groups_get_an_interval_without_enumeration():
    result = risk_difference(30, 60, 20, 60)
    assert EXACT not in result.method
    # Newcombe's method 10 by hand: Wilson 0.3774 to 0.6226 and 0.2272 to 0.4596.
    assert list(result.interval) == pytest.approx([-0.0094, 0.3288], abs=5e-4)


def test_nobody_has_no_difference():
    assert risk_difference(0, 0, 1, 2).estimate is None


@pytest.mark.parametrize("counts", [(3, 2, 0, 1), (-1, 2, 0, 1)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match="a count must be from 0"):
        risk_difference(*counts)
