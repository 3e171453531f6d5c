"""Groups compared: typed numbers, everybody counted, and nothing invented for an empty group."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.stats.groups import (
    CHANGE_COLUMNS,
    compare_shares,
    leave_one_out_share,
    summarise_change,
    summarise_share,
)

NA = float("nan")


def make_flags(*groups):
    """Make flags and groups from (name, improved, not improved, unknown)."""
    flags, of = [], []
    for name, yes, no, unknown in groups:
        flags += [True] * yes + [False] * no + [None] * unknown
        of += [name] * (yes + no + unknown)
    patients = [f"P{number}" for number in range(len(of))]
    return pd.Series(flags, index=patients, dtype="boolean"), pd.Series(of, index=patients)


# 6 of 9 against 1 of 6: Alemo Munters et al 2013. Limits are quantiles of the beta distribution; p
# and conditional odds ratio as scipy 1.17 has them (fisher_exact, contingency.odds_ratio).
TRIAL = (("exercise", 6, 3, 0), ("control", 1, 5, 0))


class TestShare:
    def test_the_published_shares_have_the_exact_intervals(self):
        summary = summarise_share(*make_flags(*TRIAL)).set_index("group")
        assert summary.loc["exercise", ["n_improved", "n"]].tolist() == [6, 9]
        exercise, control = summary[["share", "low", "high"]].astype(float).to_numpy()
        assert exercise == pytest.approx([2 / 3, 0.2992951, 0.9251454], abs=1e-7)
        assert control == pytest.approx([1 / 6, 0.0042107, 0.6412346], abs=1e-7)

    def test_groups_come_in_order_of_appearance(self):
        summary = summarise_share(*make_flags(("z", 1, 0, 0), ("a", 0, 1, 0)))
        assert summary["group"].tolist() == ["z", "a"]

    def test_missing_flags_are_counted_and_left_out(self):
        [row] = summarise_share(*make_flags(("x", 2, 1, 4))).to_dict("records")
        assert (row["n_improved"], row["n"], row["n_missing"]) == (2, 3, 4)
        assert row["share"] == pytest.approx(2 / 3)

    def test_a_group_of_which_nobody_is_known_has_no_share(self):
        summary = summarise_share(*make_flags(("x", 1, 1, 0), ("y", 0, 0, 3)))
        row = summary.iloc[1]
        assert (row["n_improved"], row["n"], row["n_missing"]) == (0, 0, 3)
        assert row[["share", "low", "high"]].isna().all()

    def test_a_share_is_a_number_even_where_no_group_has_one(self):
        summary = summarise_share(*make_flags(("x", 0, 0, 1)))
        assert summary["share"].dtype == "float64"

    @pytest.mark.parametrize(
        ("yes", "no", "low", "high"),
        # The rule of three's exact form: 1 - 0.025 ** (1 / n)
        [(0, 9, 0.0, 0.3362671), (9, 0, 0.6637329, 1.0), (1, 0, 0.025, 1.0)],
    )
    def test_nobody_and_everybody_have_an_interval(self, yes, no, low, high):
        [row] = summarise_share(*make_flags(("x", yes, no, 0))).to_dict("records")
        assert (row["low"], row["high"]) == (pytest.approx(low), pytest.approx(high))

    def test_groups_are_matched_by_patient_not_by_place(self):
        flags, groups = make_flags(*TRIAL)
        mixed = summarise_share(flags.sample(frac=1, random_state=3), groups)
        pd.testing.assert_frame_equal(mixed, summarise_share(flags, groups))

    @settings(deadline=None, max_examples=30)
    @given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 3))
    def test_everybody_is_counted_and_the_interval_holds_the_share(self, yes, no, unknown):
        if yes + no + unknown == 0:
            return
        [row] = summarise_share(*make_flags(("x", yes, no, unknown))).to_dict("records")
        assert row["n"] + row["n_missing"] == yes + no + unknown
        if yes + no:
            assert 0 <= row["low"] <= row["share"] <= row["high"] <= 1


class TestComparison:
    def test_the_published_trial_has_the_exact_p(self):
        result = compare_shares(*make_flags(*TRIAL))
        assert result.p_value == pytest.approx(0.1188811, abs=1e-7)
        assert result.estimate == pytest.approx(8.407073, abs=1e-6)
        assert result.n_used == 15

    def test_the_odds_are_of_the_first_group_against_the_second(self):
        result = compare_shares(*make_flags(*reversed(TRIAL)))
        assert result.estimate == pytest.approx(1 / 8.407073, abs=1e-6)

    def test_missing_flags_are_left_out(self):
        known = compare_shares(*make_flags(*TRIAL))
        more = compare_shares(*make_flags(("exercise", 6, 3, 5), ("control", 1, 5, 2)))
        assert (more.p_value, more.n_used) == (known.p_value, 15)

    @pytest.mark.parametrize("groups", [[("x", 1, 1, 0)], [(g, 1, 1, 0) for g in "xyz"]])
    def test_other_than_two_groups_are_not_compared(self, groups):
        assert compare_shares(*make_flags(*groups)) is None

    @pytest.mark.parametrize(
        "groups",
        [
            [("x", 1, 1, 0), ("y", 0, 0, 2)],
            [("x", 2, 0, 0), ("y", 3, 0, 0)],
            [("x", 0, 2, 0), ("y", 0, 3, 0)],
            [("x", 0, 0, 1), ("y", 0, 0, 1)],
        ],
    )
    def test_without_a_difference_to_see_there_is_no_odds_ratio_and_p_is_1(self, groups):
        result = compare_shares(*make_flags(*groups))
        assert (result.estimate, result.p_value) == (None, 1.0)
        assert "no odds ratio" in result.reason


def make_pairs(changes, *, month=3.0, measure="ck", baseline=10.0):
    patients = [f"P{number}" for number in range(len(changes))]
    frame = pd.DataFrame({"patient_id": patients, "month": month, "measure": measure})
    values = [baseline + change for change in changes]
    return frame.assign(baseline=baseline, value=values)


def everybody(pairs, group="all"):
    return pd.Series(group, index=pairs["patient_id"].unique())


class TestChange:
    def test_centre_interval_and_p_of_six_patients_by_hand(self):
        # All six fall, 1 to 6: of 2**6 = 64 signs one is as extreme on either side, p = 2/64.
        # Walsh averages of 1..6: 21 values, symmetric about 3.5. The exact 95 % interval is the
        # whole range (the next pair of averages reaches 1 - 4/64 = 93.75 % only).
        pairs = make_pairs([-1.0, -2.0, -3.0, -4.0, -5.0, -6.0])
        [row] = summarise_change(pairs, everybody(pairs)).to_dict("records")
        assert row["change"] == -3.5
        assert row["p_value"] == pytest.approx(2 / 64)
        assert (row["low"], row["high"]) == (-6.0, -1.0)
        assert row["achieved"] == pytest.approx(1 - 2 / 64)
        assert (row["n"], row["n_missing"]) == (6, 0)
        assert (row["median_baseline"], row["median_value"]) == (10.0, 6.5)

    def test_five_pairs_hand_on_that_their_interval_covers_less(self):
        # The widest interval leaves out the one sign pattern on either side: 1 - 2/32.
        pairs = make_pairs([-1.0, -2.0, -3.0, -4.0, -5.0])
        [achieved] = summarise_change(pairs, everybody(pairs))["achieved"]
        assert achieved == pytest.approx(0.9375)

    def test_a_patient_without_change_stays_in_the_centre_and_leaves_the_test(self):
        # Walsh averages of 0, -2, -4: 0, -2, -4, -1, -2, -3, so -2. The test sees -2 and -4: 2/4.
        pairs = make_pairs([0.0, -2.0, -4.0])
        [row] = summarise_change(pairs, everybody(pairs)).to_dict("records")
        assert (row["change"], row["p_value"]) == (-2.0, 0.5)

    def test_the_method_names_the_test_and_then_what_the_centre_is(self):
        pairs = make_pairs([0.0, -2.0, -4.0])
        [method] = summarise_change(pairs, everybody(pairs))["method"]
        test, centre = method.split("; ")
        assert "signed-rank test, no change counted against a change" in test
        assert "estimate of all pairs" in centre

    def test_pairs_with_a_missing_half_are_counted_and_left_out(self):
        pairs = make_pairs([-1.0, NA, -3.0])
        pairs.loc[2, "baseline"] = NA
        [row] = summarise_change(pairs, everybody(pairs)).to_dict("records")
        assert (row["n"], row["n_missing"], row["change"]) == (1, 2, -1.0)

    def test_nobody_with_a_pair_has_a_reason_and_no_numbers(self):
        pairs = make_pairs([NA, NA])
        row = summarise_change(pairs, everybody(pairs)).iloc[0]
        assert (row["n"], row["n_missing"], row["reason"]) == (0, 2, "no differences")
        assert row[["change", "low", "high", "achieved", "p_value", "median_baseline"]].isna().all()

    def test_nobody_who_changed_has_a_centre_of_zero_and_no_p(self):
        pairs = make_pairs([0.0, 0.0])
        row = summarise_change(pairs, everybody(pairs)).iloc[0]
        assert (row["change"], row["reason"]) == (0.0, "all differences are zero")
        assert pd.isna(row["p_value"])

    def test_a_difference_that_only_a_float_sees_is_none(self):
        pairs = make_pairs([0.0]).assign(baseline=0.3, value=0.1 + 0.2)
        assert summarise_change(pairs, everybody(pairs))["change"].tolist() == [0.0]

    def test_one_row_for_each_visit_measure_and_group_in_order(self):
        parts = [
            make_pairs([1.0, 2.0], month=month, measure=measure)
            for month in (3.0, 6.0)
            for measure in ("mmt8", "ck")
        ]
        groups = pd.Series({"P0": "z", "P1": "a"})
        summary = summarise_change(pd.concat(parts, ignore_index=True), groups)
        assert summary[["month", "measure", "group", "change"]].values.tolist() == [
            [month, measure, group, change]
            for month in (3.0, 6.0)
            for measure in ("mmt8", "ck")
            for group, change in (("z", 1.0), ("a", 2.0))
        ]

    def test_nobody_seen_after_baseline_gives_no_rows_but_the_columns(self):
        pairs = make_pairs([])
        summary = summarise_change(pairs, pd.Series({"P0": "x"}))
        assert summary.empty
        assert tuple(summary.columns) == CHANGE_COLUMNS

    def test_the_pairs_are_left_as_they_were(self):
        pairs = make_pairs([1.0, NA])
        before = pairs.copy(deep=True)
        summarise_change(pairs, everybody(pairs))
        pd.testing.assert_frame_equal(pairs, before)


class TestLeaveOneOut:
    def test_of_one_group_the_share_moves(self):
        flags, groups = make_flags(("x", 2, 1, 0))
        rows = leave_one_out_share(flags, groups)
        assert rows[["left_out", "estimate"]].values.tolist() == [
            ["P0", 0.5],
            ["P1", 0.5],
            ["P2", 1.0],
        ]
        assert rows["p_value"].isna().all()

    def test_of_two_groups_the_exact_comparison_moves(self):
        # Without a responder of the exercise group 5/8 against 1/6; without the only responder of
        # the control group 6/9 against 0/5; p as scipy 1.17's fisher_exact has them.
        rows = leave_one_out_share(*make_flags(*TRIAL)).set_index("left_out")
        assert rows.loc["P0", "p_value"] == pytest.approx(0.1375291, abs=1e-6)
        assert rows.loc["P9", "p_value"] == pytest.approx(0.0309690, abs=1e-6)
        assert rows.loc["P9", "estimate"] == float("inf")

    def test_a_group_that_loses_its_only_patient_is_not_compared(self):
        rows = leave_one_out_share(*make_flags(("x", 2, 1, 0), ("y", 1, 0, 0)))
        last = rows.set_index("left_out").loc["P3"]
        assert last[["estimate", "p_value", "low", "high"]].isna().all()
        assert last["reason"] == "only one group has patients left"

    def test_a_share_never_stands_among_odds_ratios(self):
        rows = leave_one_out_share(*make_flags(("x", 1, 1, 0), ("y", 0, 0, 2)))
        assert rows["estimate"].isna().all()

    def test_missing_flags_are_nobody_to_leave_out(self):
        rows = leave_one_out_share(*make_flags(("x", 1, 1, 3)))
        assert rows["left_out"].tolist() == ["P0", "P1"]

    @pytest.mark.parametrize(("known", "rows"), [(0, 0), (1, 1)])
    def test_almost_nobody_gives_no_estimate(self, known, rows):
        table = leave_one_out_share(*make_flags(("x", known, 0, 1)))
        assert len(table) == rows
        assert table["estimate"].isna().all()
