"""The exact rank tests against printed values, full enumeration and brute-force inversion.

Values "R 4.2.2" were printed by wilcox.test or by exactRankTests 0.8-36 (its own reference output).
"""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

import helpers.stats.exact.exact as exact
from helpers.stats.exact.exact import (
    hodges_lehmann,
    hodges_lehmann_shift,
    rank_sum_test,
    signed_rank_test,
)

# Hollander and Wolfe 1973, p. 39 (depression) and p. 110 (permeability).
DEPRESSION = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]) - np.array(
    [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
)
TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
WEEKS = [1.15, 0.88, 0.90, 0.74, 1.21]
FIFTEEN = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75]
ZEROS_AND_TIES = [0, 3, 5, -2, 0, 8, 4, 4, -1, 6, 2, 0, 10, -3, 7]
# Serum antigen, pre - post, StatXact 4 manual p. 167 (exactRankTests: sal).
ANTIGEN = [149, -51, 0, -126, 106, 20, 0, 52, 292, 0, 103, 0, 84, 89, 159, 404, 500, 259, 14, 2600]
# Blood pressure, treated and control (exactRankTests: bloodp).
TREATED, CONTROL = [94, 108, 110, 90], [80, 94, 85, 90, 90, 90, 108, 94, 78, 105, 88]

# R: airquality, Ozone, May and August.
OZONE_MAY = [41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23]
OZONE_MAY += [45, 115, 37]
OZONE_AUGUST = [39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168]
OZONE_AUGUST += [73, 76, 118, 84, 85]

tied_differences = st.lists(st.integers(-4, 4), min_size=3, max_size=12)
tied_sample = st.lists(st.integers(0, 4), min_size=2, max_size=6)
QUICK = settings(deadline=None, max_examples=60)


def enumerate_signed_rank(differences, *, zeros, alternative):
    """Go through all 2**n sign patterns."""
    values = np.array(differences, dtype=float)
    if zeros == "drop":
        values = values[values != 0]
    ranks = rankdata(np.abs(values))[values != 0]
    observed = ranks[values[values != 0] > 0].sum()
    patterns = np.array(list(product([0, 1], repeat=len(ranks))))
    return tail_share(patterns @ ranks, observed, ranks.sum() / 2, alternative)


def enumerate_rank_sum(x, y, *, alternative):
    """Go through all splits."""
    ranks = rankdata([*x, *y])
    splits = np.array([ranks[list(c)].sum() for c in combinations(range(len(ranks)), len(x))])
    return tail_share(splits, ranks[: len(x)].sum(), splits.mean(), alternative)


def tail_share(values, observed, centre, alternative):
    if alternative == "greater":
        return np.mean(values >= observed - 1e-9)
    if alternative == "less":
        return np.mean(values <= observed + 1e-9)
    return np.mean(np.abs(values - centre) >= abs(observed - centre) - 1e-9)


def ends_kept(steps, tails):
    """Return the ends of the shifts kept, from both one-sided p between each two steps."""
    greater, less = zip(*tails, strict=True)
    lowest = next(i for i, p in enumerate(greater) if p > 0.025)
    highest = max(i for i, p in enumerate(less) if p > 0.025)
    return steps[max(lowest - 1, 0)], steps[min(highest, len(steps) - 1)]


class TestSignedRank:
    @pytest.mark.parametrize(
        ("differences", "zeros", "alternative", "statistic", "p"),
        [
            (DEPRESSION, "drop", "two-sided", 40, 0.0390625),  # R 4.2.2
            (DEPRESSION, "drop", "greater", 40, 0.01953125),  # R 4.2.2
            (-DEPRESSION, "drop", "less", 5, 0.01953125),  # R 4.2.2
            (FIFTEEN, "drop", "two-sided", 96, 0.041259765625),  # npm stats-wilcoxon
            (ZEROS_AND_TIES, "drop", "two-sided", 70, 0.01220703125),  # enumeration
            (ZEROS_AND_TIES, "pratt", "two-sided", 97, 0.02099609375),  # enumeration
            (ANTIGEN, "drop", "two-sided", 124, 0.00213623046875),  # exactRankTests 0.002136
            ([2, 1, 4, 3, 6, -5, 0], "drop", "two-sided", 16, 0.3125),  # exactRankTests, r-devel
            ([1, 1, 1], "drop", "two-sided", 6, 0.25),  # exactRankTests
            ([1, 2, 3, 4, 5, 6, 7, 7], "drop", "two-sided", 36, 0.0078125),  # exactRankTests
        ],
    )
    def test_it_agrees_with_printed_values(self, differences, zeros, alternative, statistic, p):
        result = signed_rank_test(differences, zeros=zeros, alternative=alternative)
        assert result.statistic == statistic
        assert result.p_value == pytest.approx(p, abs=1e-12)

    @pytest.mark.parametrize(
        ("differences", "estimate", "low", "high"),
        [
            (DEPRESSION, 0.46, 0.010, 0.786),  # R 4.2.2
            (FIFTEEN, 25, 4, 41.5),  # R 4.2.2
            (ANTIGEN, 137.75, 54, 292),  # exactRankTests, which drops zeros too
            ([2, 1, 4, 3, 6, -5, 0], 2.5, -5, 6),  # exactRankTests, r-devel list
        ],
    )
    def test_the_estimate_of_the_non_zero_differences_is_r_s(
        self, differences, estimate, low, high
    ):
        result = signed_rank_test(differences)
        assert result.estimate == pytest.approx(estimate, abs=1e-12)
        assert tuple(result.interval) == pytest.approx((low, high), abs=1e-12)

    @pytest.mark.parametrize("zeros", ["drop", "pratt"])
    @pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
    @given(differences=tied_differences)
    @QUICK
    def test_it_agrees_with_all_sign_patterns(self, differences, zeros, alternative):
        assume(any(differences))
        result = signed_rank_test(differences, zeros=zeros, alternative=alternative)
        expected = enumerate_signed_rank(differences, zeros=zeros, alternative=alternative)
        assert result.p_value == pytest.approx(expected, abs=1e-12)

    @given(differences=tied_differences)
    @QUICK
    def test_no_outcome_has_a_smaller_p_than_the_one_named(self, differences):
        assume(any(differences))
        result = signed_rank_test(differences)
        best = signed_rank_test(np.abs(differences))
        assert result.smallest_p == pytest.approx(best.p_value, abs=1e-12)
        assert result.p_value >= result.smallest_p - 1e-12

    @pytest.mark.parametrize(
        ("n", "floor"), [(5, 0.0625), (6, 0.03125), (9, 0.00390625), (15, 2 / 2**15)]
    )
    def test_the_smallest_p_is_two_in_two_to_the_n(self, n, floor):
        assert signed_rank_test(range(1, n + 1)).smallest_p == pytest.approx(floor, abs=1e-15)

    def test_large_tied_samples_stay_exact(self):
        # Pairing every size with its negative makes the null of 40 the same as by convolution.
        sizes = np.repeat(np.arange(1, 11), 4)
        flips = np.where(np.arange(40) % 3 == 0, -1, 1)
        ranks = (2 * rankdata(sizes)).astype(int)
        ways = np.array([1], dtype=object)
        for rank in ranks:
            grown = np.zeros(len(ways) + rank, dtype=object)
            grown[: len(ways)] += ways
            grown[rank:] += ways
            ways = grown
        observed = ranks[flips > 0].sum()
        distance = np.abs(2 * np.arange(len(ways)) - ranks.sum())
        expected = sum(ways[distance >= abs(2 * observed - ranks.sum())]) / 2**40
        result = signed_rank_test(sizes * flips)
        assert result.p_value == pytest.approx(expected, rel=1e-12)

    def test_float_noise_does_not_break_ties(self):
        before, after = np.array([7.3, 5.1, 9.9, 2.2]), np.array([4.2, 2.0, 6.8, 5.3])
        result = signed_rank_test(before - after)
        assert result.ties == 4
        assert result.p_value == signed_rank_test([3.1, 3.1, 3.1, -3.1]).p_value

    def test_float_noise_counts_as_zero(self):
        assert signed_rank_test([0.1 + 0.2 - 0.3, 1.0, 2.0]).zeros == 1

    def test_units_do_not_change_the_p(self):
        large = signed_rank_test(np.array(ZEROS_AND_TIES) * 1e250)
        small = signed_rank_test(np.array(ZEROS_AND_TIES) * 1e-250)
        assert large.p_value == small.p_value == signed_rank_test(ZEROS_AND_TIES).p_value

    def test_missing_differences_are_counted(self):
        result = signed_rank_test(pd.Series([1.0, np.nan, 3.0, None, 0.0]))
        assert (result.n_used, result.n_missing, result.zeros) == (2, 2, 1)

    def test_a_nullable_column_is_read(self):
        result = signed_rank_test(pd.Series([1, pd.NA, 3], dtype="Int64"))
        assert (result.n_used, result.n_missing) == (2, 1)

    def test_dropping_all_zeros_leaves_nothing_to_test(self):
        result = signed_rank_test([0, 0, 0])
        assert (result.estimate, result.interval, result.p_value) == (None, None, None)
        assert result.reason == "all differences are zero"

    def test_pratt_with_zeros_only_has_a_p_of_one(self):
        result = signed_rank_test([0, 0, 0], zeros="pratt")
        assert (result.p_value, result.estimate, result.smallest_p) == (1.0, 0.0, 1.0)

    @pytest.mark.parametrize("empty", [[], [None, np.nan]])
    def test_without_differences_everything_is_missing(self, empty):
        result = signed_rank_test(empty)
        assert result.p_value is None
        assert result.reason == "no differences"
        assert result.n_missing == len(empty)

    def test_one_difference_has_no_interval(self):
        result = signed_rank_test([3.0])
        assert (result.p_value, result.estimate, result.interval) == (1.0, 3.0, None)
        assert "n = 1" in result.note

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ([1.0, np.inf], "1 infinite value"),
            ([[1.0, 2.0], [3.0, 4.0]], "one row of numbers"),
            (["high", "low"], "must be numbers"),
        ],
    )
    def test_bad_input_is_refused(self, values, message):
        with pytest.raises(ValueError, match=message):
            signed_rank_test(values)

    def test_unknown_choices_are_named(self):
        with pytest.raises(ValueError, match="zeros must be one of drop, pratt"):
            signed_rank_test([1, 2], zeros="split")
        with pytest.raises(ValueError, match="alternative must be one of"):
            signed_rank_test([1, 2], alternative="bigger")
        with pytest.raises(ValueError, match=r"write 0\.95, not 95"):
            signed_rank_test([1, 2], level=95)

    def test_a_sample_too_large_is_refused(self):
        with pytest.raises(ValueError, match="up to 500 differences, got 501"):
            signed_rank_test(np.arange(1, 502))


class TestHodgesLehmann:
    @given(differences=tied_differences)
    @QUICK
    def test_it_is_the_median_of_all_walsh_averages(self, differences):
        averages = [(a + b) / 2 for i, a in enumerate(differences) for b in differences[i:]]
        assert hodges_lehmann(differences).estimate == np.median(averages)

    def test_a_patient_without_change_stays_in(self):
        # 20 values, four of them zero: by hand from the 210 Walsh averages.
        assert hodges_lehmann(ANTIGEN).estimate == 96.75
        assert hodges_lehmann(ANTIGEN).n_used == 20

    def test_without_ties_its_interval_is_r_s(self):
        interval = hodges_lehmann(DEPRESSION).interval
        assert tuple(interval) == pytest.approx((0.010, 0.786), abs=1e-12)  # R 4.2.2
        assert interval.achieved == pytest.approx(0.9609375, abs=1e-12)

    @given(differences=st.lists(st.integers(-6, 9), min_size=6, max_size=9))
    @settings(deadline=None, max_examples=25)
    def test_the_interval_is_the_inverted_exact_test(self, differences):
        values = np.array(differences, dtype=float)
        averages = np.unique(np.add.outer(values, values) / 2)
        between = np.concatenate(
            [[averages[0] - 1], (averages[1:] + averages[:-1]) / 2, [averages[-1] + 1]]
        )

        def p(shift):
            return [
                enumerate_signed_rank(values - shift, zeros="pratt", alternative=side)
                for side in ("greater", "less")
            ]

        assert tuple(hodges_lehmann(values).interval) == ends_kept(averages, map(p, between))

    @given(differences=tied_differences)
    @QUICK
    def test_swapping_before_and_after_mirrors_everything(self, differences):
        forward, back = hodges_lehmann(differences), hodges_lehmann([-d for d in differences])
        assert forward.estimate == -back.estimate
        assert forward.p_value == pytest.approx(back.p_value, abs=1e-12)
        if forward.interval:
            assert tuple(forward.interval) == (-back.interval.high, -back.interval.low)

    def test_one_sided_intervals_are_open_at_one_end(self):
        assert hodges_lehmann(DEPRESSION, alternative="greater").interval.high == np.inf
        assert hodges_lehmann(DEPRESSION, alternative="less").interval.low == -np.inf

    def test_a_level_out_of_reach_is_said(self):
        result = hodges_lehmann([1, 2, 3, 4, 5])
        assert tuple(result.interval) == (1.0, 5.0)
        assert result.interval.achieved == pytest.approx(0.9375, abs=1e-12)
        assert (
            result.note
            == "95% cannot be reached with n = 5: the widest interval, of 93.75%, is given"
        )

    def test_equal_differences_give_an_interval_without_width_and_say_so(self):
        result = hodges_lehmann([2] * 7)
        assert tuple(result.interval) == (2.0, 2.0)
        assert "all values are equal" in result.note

    def test_six_differences_reach_the_level(self):
        assert hodges_lehmann([1, 2, 3, 4, 5, 6]).note == ""


class TestRankSum:
    @pytest.mark.parametrize(
        ("x", "y", "alternative", "w", "p"),
        [
            (TERM, WEEKS, "greater", 35, 0.1272061272),  # R 4.2.2
            (TERM, WEEKS, "two-sided", 35, 0.2544122544),  # R 4.2.2
            (
                [0.5, 0.5, 0.6, 0.6, 0.7, 0.8, 0.9],
                [0.5, 1.0, 1.2, 1.2, 1.4, 1.5, 1.9, 2.0],
                "less",
                6,
                0.004351204351,
            ),  # exactRankTests
            (TREATED, CONTROL, "two-sided", 35, 0.0989010989),  # exactRankTests 0.0989
            (TREATED, CONTROL, "less", 35, 0.9648351648),  # exactRankTests 0.9648
            (TREATED, CONTROL, "greater", 35, 0.0542124542),  # StatXact 0.0542
            (
                [300] * 12,
                [18, 22, 75, 163, 271] + [300] * 7,
                "two-sided",
                102,
                0.0372670807,
            ),  # exactRankTests 0.03727 (rotarod)
        ],
    )
    def test_it_agrees_with_printed_values(self, x, y, alternative, w, p):
        result = rank_sum_test(x, y, alternative=alternative)
        assert result.statistic == w
        assert result.p_value == pytest.approx(p, abs=1e-9)

    @pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
    @given(x=tied_sample, y=tied_sample)
    @QUICK
    def test_it_agrees_with_all_splits(self, x, y, alternative):
        result = rank_sum_test(x, y, alternative=alternative)
        expected = enumerate_rank_sum(x, y, alternative=alternative)
        assert result.p_value == pytest.approx(expected, abs=1e-12)

    def test_ozone_in_may_and_august(self):
        result = rank_sum_test(OZONE_MAY, OZONE_AUGUST)
        assert result.statistic == 127.5
        assert result.p_value == pytest.approx(6.1087352e-05, abs=5e-13)  # exactRankTests

    def test_hollander_and_wolfe_s_second_example(self):
        control = [1042, 1617, 1180, 973, 1552, 1251, 1151, 728, 1079, 951, 1319]
        treated = [874, 389, 612, 798, 1152, 893, 541, 741, 1064, 862, 213]
        result = rank_sum_test(control, treated)
        assert result.statistic == 106
        assert result.p_value == pytest.approx(0.00186, abs=5e-6)  # exactRankTests
        assert result.estimate == 410
        assert tuple(result.interval) == (168, 690)

    def test_seven_against_eight_can_reach_two_in_6435(self):
        result = rank_sum_test(range(7), range(7, 15))
        assert result.smallest_p == pytest.approx(2 / 6435, abs=1e-15)
        assert result.p_value == result.smallest_p

    def test_all_values_equal_give_a_p_of_one(self):
        result = rank_sum_test([2, 2], [2, 2, 2])
        assert (result.p_value, result.estimate, result.smallest_p) == (1.0, 0.0, 1.0)

    def test_an_empty_group_has_no_test(self):
        result = rank_sum_test([1, 2], [None])
        assert (result.p_value, result.reason) == (None, "no values in y")
        assert result.n_missing == 1

    def test_a_sample_too_large_is_refused(self):
        with pytest.raises(ValueError, match="up to 300 observations, got 301"):
            rank_sum_test(range(150), range(151))


class TestHodgesLehmannShift:
    def test_without_ties_it_is_r_s(self):
        result = hodges_lehmann_shift(TERM, WEEKS)
        assert result.estimate == pytest.approx(0.305, abs=1e-12)  # R 4.2.2
        assert tuple(result.interval) == pytest.approx((-0.15, 0.76), abs=1e-12)
        assert result.interval.achieved == pytest.approx(1 - 120 / 3003, abs=1e-12)

    def test_with_ties_the_interval_keeps_only_what_the_test_keeps(self):
        # exactRankTests prints -4 to 22, though the exact test of a shift of -2 has p 0.0183.
        shifted = np.array(TREATED) + 2
        assert rank_sum_test(shifted, CONTROL, alternative="greater").p_value < 0.025
        assert tuple(hodges_lehmann_shift(TREATED, CONTROL).interval) == (0, 22)
        assert hodges_lehmann_shift(TREATED, CONTROL).estimate == 9.5

    @given(x=tied_sample, y=tied_sample)
    @QUICK
    def test_swapping_the_groups_mirrors_everything(self, x, y):
        forward, back = hodges_lehmann_shift(x, y), hodges_lehmann_shift(y, x)
        assert forward.estimate == -back.estimate
        assert forward.p_value == pytest.approx(back.p_value, abs=1e-12)
        if forward.interval:
            assert tuple(forward.interval) == (-back.interval.high, -back.interval.low)

    @given(
        x=st.lists(st.integers(0, 9), min_size=4, max_size=5),
        y=st.lists(st.integers(0, 9), min_size=4, max_size=5),
    )
    @settings(deadline=None, max_examples=25)
    def test_the_interval_is_the_inverted_exact_test(self, x, y):
        first, second = np.array(x, dtype=float), np.array(y, dtype=float)
        gaps = np.unique(np.subtract.outer(first, second))
        between = np.concatenate([[gaps[0] - 1], (gaps[1:] + gaps[:-1]) / 2, [gaps[-1] + 1]])

        def p(shift):
            return [
                enumerate_rank_sum(first - shift, second, alternative=side)
                for side in ("greater", "less")
            ]

        assert tuple(hodges_lehmann_shift(x, y).interval) == ends_kept(gaps, map(p, between))


def test_every_result_says_how_in_words():
    results = [
        signed_rank_test([1, 2]),
        hodges_lehmann([1, 2]),
        rank_sum_test([1], [2]),
        hodges_lehmann_shift([1], [2]),
    ]
    assert all("two-sided by distance from the null mean" in result.method for result in results)


def test_the_door_leads_to_every_public_name():
    assert all(callable(getattr(exact, name)) for name in exact.__all__)
