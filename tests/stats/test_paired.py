import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.stats.paired import adjust_p_values, compare_two_groups, summarise_pairs

NA = float("nan")


def make_pairs(before, after, *, reasons=None, panel="CD3"):
    names = [f"P{i}" for i in range(len(before))]
    return pd.DataFrame(
        {
            "patient_id": names,
            "panel": panel,
            "before": before,
            "after": after,
            "reason": reasons or [""] * len(before),
        }
    )


def summarise(pairs, **options):
    everybody = pd.Series("all", index=pairs["patient_id"])
    return summarise_pairs(pairs, everybody, **options).iloc[0]


def test_the_centre_interval_and_p_are_those_of_r():
    # R 4: wilcox.test(c(1, 2, 3, 4, 5, 7), conf.int = TRUE): 3.5, 1 to 7, p = 0.03125
    row = summarise(make_pairs([10] * 6, [11, 12, 13, 14, 15, 17]))
    assert (row["change"], row["low"], row["high"], row["p_value"]) == (3.5, 1, 7, 0.03125)
    assert (row["n"], row["n_higher"], row["n_lower"]) == (6, 6, 0)


def test_a_fold_change_is_the_centre_of_the_logarithms():
    row = summarise(make_pairs([1.0] * 6, [2.0**d for d in (1, 2, 3, 4, 5, 7)]), scale="log")
    assert row["change"] == pytest.approx(2**3.5)
    assert (row["low"], row["high"]) == (2.0, 128.0)
    assert row["median_after"] == 12.0


def test_five_pairs_cannot_reach_ninety_five_per_cent():
    # the widest interval of five misses on both sides with 2 of 32 signs
    assert summarise(make_pairs([0] * 5, [1, 2, 3, 4, 5]))["achieved"] == 1 - 2 / 32
    assert summarise(make_pairs([0] * 6, [1, 2, 3, 4, 5, 6]))["achieved"] >= 0.95


def test_incomplete_pairs_and_those_with_a_reason_are_counted_and_left_out():
    pairs = make_pairs([1, NA, 3, 4], [2, 5, NA, 9], reasons=["", "", "", "open"])
    row = summarise(pairs)
    assert (row["n"], row["n_missing"], row["change"]) == (1, 3, 1.0)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [([], [], "no differences"), ([5, 5], [5, 5], "all differences are zero")],
)
def test_what_cannot_be_tested_says_why(before, after, reason):
    pairs = make_pairs(before or [NA], after or [NA])
    row = summarise(pairs)
    assert math.isnan(row["p_value"])
    assert row["reason"] == reason


def test_every_group_has_a_row_also_without_members():
    groups = pd.Series(["x", "y"], index=["P0", "other"])
    rows = summarise_pairs(make_pairs([1], [2]), groups)
    assert rows[["group", "n"]].values.tolist() == [["x", 1], ["y", 0]]


def test_the_ratio_of_two_groups_is_the_centre_of_all_ratios():
    # all ratios 8/2, 8/4, 16/2, 16/4 = 4, 2, 8, 4; complete separation of 2 and 2: p = 2/6
    values = pd.Series([8.0, 16.0, 2.0, 4.0], index=list("ABCD"))
    groups = pd.Series(["x", "x", "y", "y"], index=list("ABCD"))
    found = compare_two_groups(values, groups, scale="log")
    assert found.estimate == pytest.approx(4.0)
    assert found.p_value == pytest.approx(1 / 3)
    assert compare_two_groups(values, groups).estimate == 9.0


def test_ranks_given_apart_decide_the_p_but_not_the_estimate():
    values = pd.Series([10.0, 10.0, 10.0, 10.0], index=list("ABCD"))
    groups = pd.Series(["x", "x", "y", "y"], index=list("ABCD"))
    ranks = pd.Series([5.0, 5.0, 10.0, 10.0], index=list("ABCD"))
    found = compare_two_groups(values, groups, ranks=ranks)
    assert (found.estimate, found.p_value) == (0.0, pytest.approx(1 / 3))


@pytest.mark.parametrize("names", [["x"], ["x", "y", "z"]])
def test_other_than_two_groups_are_not_compared(names):
    groups = pd.Series(names, index=list("ABC")[: len(names)])
    assert compare_two_groups(pd.Series(1.0, index=groups.index), groups) is None


def test_an_empty_group_gives_a_reason():
    groups = pd.Series(["x", "y"], index=["A", "B"])
    found = compare_two_groups(pd.Series([1.0], index=["A"]), groups, scale="log")
    assert (found.estimate, found.reason) == (None, "no values in y")


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 999), st.integers(1, 999)), min_size=1, max_size=9))
def test_turning_before_and_after_round_inverts_the_fold_change(numbers):
    before, after = ([float(pair[i]) for pair in numbers] for i in (0, 1))
    there = summarise(make_pairs(before, after), scale="log")
    back = summarise(make_pairs(after, before), scale="log")
    assert there["change"] * back["change"] == pytest.approx(1)
    assert there["p_value"] == back["p_value"] or (
        math.isnan(there["p_value"]) and math.isnan(back["p_value"])
    )


@pytest.mark.parametrize(
    ("adjustment", "adjusted"),
    [("holm", [0.03, 0.04, 0.04]), ("benjamini_hochberg", [0.03, 0.03, 0.04])],
)
def test_a_family_is_adjusted_as_declared(adjustment, adjusted):
    # by hand: Holm 3 x .01, 2 x .02, .04; Benjamini-Hochberg 3/1 x .01, 3/2 x .02, .04
    found = adjust_p_values(pd.Series([0.01, 0.02, 0.04]), adjustment=adjustment)
    assert found.tolist() == pytest.approx(adjusted)


def test_no_adjustment_gives_no_adjusted_p():
    assert adjust_p_values(pd.Series([0.01]), adjustment="none").isna().all()
