"""Exact rank correlations against printed values and all pairings."""

import math
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, rankdata, spearmanr

from helpers.stats.association import kendall_test, spearman_test

# Hollander and Wolfe 1973, p. 187: tuna.
LIGHTNESS = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1]
PANEL = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8]
SIDES = ["two-sided", "less", "greater"]
tied_pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=3, max_size=6)
FEW = settings(deadline=None, max_examples=25)


def enumerate_pairings(x, y, score, alternative):
    values = np.array([score(np.array(x), np.array(p)) for p in permutations(y)])
    seen, centre = score(np.array(x), np.array(y)), values.mean()
    if alternative == "greater":
        return np.mean(values >= seen - 1e-9)
    if alternative == "less":
        return np.mean(values <= seen + 1e-9)
    return np.mean(np.abs(values - centre) >= abs(seen - centre) - 1e-9)


def product_of_ranks(x, y):
    return float(rankdata(x) @ rankdata(y))


def concordance(x, y):
    return float((np.sign(np.subtract.outer(x, x)) * np.sign(np.subtract.outer(y, y))).sum())


class TestSpearman:
    def test_eight_pairs(self):
        result = spearman_test(range(1, 9), [2, 1, 4, 3, 6, 5, 8, 7])
        assert result.estimate == pytest.approx(0.9047619, abs=1e-7)
        assert result.statistic == 8
        assert result.p_value == pytest.approx(0.00456349, abs=5e-9)  # 184 / 40320

    def test_ten_pairs_agree_with_pspearman(self):
        # S = 36; pspearman exact 0.005265377, AS 89 would say 0.005825634.
        shuffled = [2, 3, 0, 1, 5, 4, 8, 9, 7, 6]
        result = spearman_test(range(10), shuffled, alternative="greater")
        assert result.statistic == 36
        assert result.p_value == pytest.approx(0.005265377, abs=5e-10)

    @pytest.mark.parametrize(("side", "p"), [("two-sided", 0.096798), ("greater", 0.048399)])
    def test_tuna(self, side, p):
        result = spearman_test(LIGHTNESS, PANEL, alternative=side)
        assert result.statistic == 48
        assert result.estimate == pytest.approx(0.6, abs=1e-12)
        assert result.p_value == pytest.approx(p, abs=5e-7)  # R 4.2.2

    @pytest.mark.parametrize("side", SIDES)
    @given(pairs=tied_pairs)
    @FEW
    def test_it_agrees_with_all_pairings(self, side, pairs):
        x, y = zip(*pairs, strict=True)
        assume(len(set(x)) > 1 and len(set(y)) > 1)
        result = spearman_test(x, y, alternative=side)
        expected = enumerate_pairings(x, y, product_of_ranks, side)
        assert result.p_value == pytest.approx(expected, abs=1e-12)
        assert result.estimate == pytest.approx(spearmanr(x, y).statistic, abs=1e-12)

    @given(pairs=tied_pairs)
    @FEW
    def test_the_smallest_p_is_the_best_pairing_s(self, pairs):
        x, y = zip(*pairs, strict=True)
        assume(len(set(x)) > 1 and len(set(y)) > 1)
        result = spearman_test(x, y, alternative="greater")
        best = spearman_test(sorted(x), sorted(y), alternative="greater")
        assert result.smallest_p == pytest.approx(best.p_value, abs=1e-12)

    def test_complete_order_of_fifteen_is_one_in_all_pairings(self):
        result = spearman_test(range(15), range(15), alternative="greater")
        assert result.p_value == pytest.approx(1 / math.factorial(15), rel=1e-9)
        assert result.interval is None
        assert "complete" in result.reason

    def test_beyond_the_exact_reach_the_error_is_stated(self):
        rng = np.random.default_rng(3)
        x, y = rng.normal(size=24), rng.normal(size=24)
        result = spearman_test(x, y)
        assert "999,999 seeded permutations" in result.method
        assert result.p_error < 6e-4
        assert result.p_value == pytest.approx(spearmanr(x, y).pvalue, abs=5e-3)
        assert result == spearman_test(x, y)

    def test_a_gap_drops_the_pair(self):
        result = spearman_test([1, 2, None, 4, 3], [1, 2, 3, None, 5])
        assert (result.n_used, result.n_missing) == (3, 2)

    @pytest.mark.parametrize(
        ("x", "y", "reason"),
        [
            ([1, 1, 1], [1, 2, 3], "x never varies"),
            ([1], [2], "two pairs, got 1"),
            ([], [], "two pairs, got 0"),
        ],
    )
    def test_what_cannot_correlate_is_missing(self, x, y, reason):
        result = spearman_test(x, y)
        assert (result.estimate, result.p_value) == (None, None)
        assert reason in result.reason

    def test_unequal_lengths_are_refused(self):
        with pytest.raises(ValueError, match="must be pairs, got 2 and 3 values"):
            spearman_test([1, 2], [1, 2, 3])

    def test_series_with_other_indexes_are_refused(self):
        one, two = pd.Series([1, 2], index=["p1", "p2"]), pd.Series([1, 2], index=["p2", "p1"])
        with pytest.raises(ValueError, match="different indexes"):
            spearman_test(one, two)


class TestKendall:
    def test_tuna(self):
        result = kendall_test(LIGHTNESS, PANEL, alternative="greater")
        assert result.estimate == pytest.approx(0.4444444, abs=1e-7)
        assert result.p_value == pytest.approx(0.05972, abs=5e-6)  # R 4.2.2

    @pytest.mark.parametrize("side", SIDES)
    @given(pairs=tied_pairs)
    @FEW
    def test_it_agrees_with_all_pairings(self, side, pairs):
        x, y = zip(*pairs, strict=True)
        assume(len(set(x)) > 1 and len(set(y)) > 1)
        result = kendall_test(x, y, alternative=side)
        expected = enumerate_pairings(x, y, concordance, side)
        assert result.p_value == pytest.approx(expected, abs=1e-12)
        assert result.estimate == pytest.approx(kendalltau(x, y).statistic, abs=1e-12)

    @given(y=st.permutations(range(7)))
    @FEW
    def test_without_ties_it_is_scipy_s_exact_p(self, y):
        expected = kendalltau(range(7), y, method="exact").pvalue
        assert kendall_test(range(7), y).p_value == pytest.approx(expected, abs=1e-12)

    @given(y=st.lists(st.integers(0, 3), min_size=4, max_size=6))
    @FEW
    def test_ties_on_one_side_agree_with_all_pairings(self, y):
        assume(len(set(y)) > 1)
        x = list(range(len(y)))
        expected = enumerate_pairings(x, y, concordance, "two-sided")
        assert kendall_test(x, y).p_value == pytest.approx(expected, abs=1e-12)
        assert kendall_test(y, x).p_value == pytest.approx(expected, abs=1e-12)
