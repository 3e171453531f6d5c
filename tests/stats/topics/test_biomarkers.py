import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.stats.exact.exact import auc, leave_one_out
from helpers.stats.topics import biomarkers as stats

SIDES = {"first": "yes", "second": "no"}


def make_values(yes, no, *, candidate="ck"):
    names = [f"y{i}" for i in range(len(yes))] + [f"n{i}" for i in range(len(no))]
    values = [*map(float, yes), *map(float, no)]
    return pd.DataFrame({"candidate": candidate, "patient_id": names, "value": values})


def make_groups(n_yes, n_no):
    names = [f"y{i}" for i in range(n_yes)] + [f"n{i}" for i in range(n_no)]
    return pd.Series(["yes"] * n_yes + ["no"] * n_no, index=names)


def compare(yes, no):
    table = stats.compare_candidates(make_values(yes, no), make_groups(len(yes), len(no)), **SIDES)
    return table.iloc[0] if len(table) else None


def test_a_published_example_is_compared_by_every_measure():
    # R: wilcox.test(x, y) of its help page, W = 35, two-sided p = 0.2544, shift 0.305.
    x = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    y = [1.15, 0.88, 0.90, 0.74, 1.21]
    row = compare(x, y)
    assert row["auc"] == pytest.approx(35 / 50)
    assert row["delta"] == pytest.approx(0.4)
    assert row["shift"] == pytest.approx(0.305)
    assert row["p_value"] == pytest.approx(0.2544123, abs=1e-7)
    assert (row["n_first"], row["n_second"]) == (10, 5)


def test_an_empty_group_is_missing_with_a_reason():
    row = stats.compare_candidates(make_values([1, 2], []), make_groups(2, 1), **SIDES).iloc[0]
    assert math.isnan(row["auc"])
    assert math.isnan(row["p_value"])
    assert row["reason"] == "no value in no"


def test_no_candidate_gives_an_empty_table_with_its_columns():
    table = stats.compare_candidates(make_values([], []), make_groups(2, 2), **SIDES)
    assert table.empty
    assert {"auc", "p_value", "auc_needed", "reason"} <= set(table.columns)


def test_each_family_is_adjusted_by_its_own_method():
    # By hand: Holm 0.01 * 2, 0.03 * 1; Benjamini-Hochberg 0.02 * 2 / 1 and 0.04 * 2 / 2.
    p = pd.Series([0.01, 0.03, 0.02, 0.04, 0.5])
    family = pd.Series(["a", "a", "b", "b", "c"])
    methods = {"a": "holm", "b": "benjamini_hochberg", "c": "none"}
    adjusted = stats.adjust_within_families(p, family, methods)
    assert adjusted.tolist() == pytest.approx([0.02, 0.03, 0.04, 0.04, 0.5])


def test_a_missing_p_stays_missing_and_does_not_count():
    adjusted = stats.adjust_within_families(
        pd.Series([0.02, np.nan]), pd.Series(["a", "a"]), {"a": "holm"}
    )
    assert adjusted.fillna(-1).tolist() == [0.02, -1.0]


@pytest.mark.parametrize("methods", [{}, {"a": "bonferroni"}])
def test_a_family_without_a_known_adjustment_is_refused(methods):
    with pytest.raises(ValueError, match="family 'a': expected an adjustment of holm"):
        stats.adjust_within_families(pd.Series([0.1]), pd.Series(["a"]), methods)


values = st.lists(st.integers(0, 6), min_size=2, max_size=6)


@given(yes=values, no=values)
@settings(deadline=None, max_examples=25)
def test_leaving_out_agrees_with_computing_the_auc_without_the_patient(yes, no):
    frame, groups = make_values(yes, no), make_groups(len(yes), len(no))
    fast = stats.leave_out_patients(frame, groups, **SIDES)

    def slow(rows):
        group = rows["patient_id"].map(groups)
        return auc(rows.loc[group == "yes", "value"], rows.loc[group == "no", "value"])

    twin = leave_one_out(frame, slow)
    assert fast["left_out"].tolist() == twin["left_out"].tolist()
    assert fast["auc"].to_numpy() == pytest.approx(twin["estimate"].astype(float).to_numpy())
    assert fast["p_value"].to_numpy() == pytest.approx(twin["p_value"].astype(float).to_numpy())


def test_leaving_out_the_only_member_of_a_group_is_missing():
    left = stats.leave_out_patients(make_values([5], [1, 2]), make_groups(1, 2), **SIDES)
    assert left["auc"].isna().tolist() == [True, False, False]


def summarise(yes, no):
    frame, groups = make_values(yes, no), make_groups(len(yes), len(no))
    compared = stats.compare_candidates(frame, groups, **SIDES)
    return stats.summarise_left_out(
        stats.leave_out_patients(frame, groups, **SIDES), compared
    ).iloc[0]


def test_the_patient_whose_absence_moves_the_auc_most_is_named():
    # y2 alone lies below everybody: without y2 the groups separate.
    assert summarise([5, 6, 0], [1, 2, 3])["matters_most"] == "y2"


def test_nobody_is_named_where_nobody_moves_it():
    row = summarise([5, 6, 7], [1, 2, 3])
    assert (row["matters_most"], row["auc_least"], row["auc_most"]) == ("", 1.0, 1.0)


@pytest.mark.parametrize(
    ("m", "n", "wins"),
    # Tables of the Mann-Whitney test, two-sided 0.05: largest U that is significant.
    [(7, 8, 10), (5, 5, 2), (4, 6, 2), (4, 4, 0), (10, 10, 23)],
)
def test_the_least_auc_that_can_be_significant_is_that_of_the_tables(m, n, wins):
    reach = stats.derive_reach(m, n)
    assert reach.smallest_auc == pytest.approx(1 - wins / (m * n))
    assert reach.smallest_p == pytest.approx(2 / math.comb(m + n, m))


def test_three_against_three_can_never_be_significant():
    reach = stats.derive_reach(3, 3)
    assert reach.smallest_auc is None
    assert reach.false_alarm == 0
    assert reach.smallest_p == pytest.approx(0.1)


def test_a_stricter_level_needs_a_larger_auc():
    assert stats.derive_reach(7, 8, level=0.05 / 23).smallest_auc > 0.9


def test_false_alarms_stay_within_the_level():
    reach = stats.derive_reach(7, 8)
    assert 0.03 < reach.false_alarm <= 0.05
    # Newcombe's score interval is symmetric about an AUC of 0.5.
    assert reach.low + reach.high == pytest.approx(1)


def test_an_empty_group_can_show_nothing():
    assert stats.derive_reach(0, 8) == stats.Reach(0, 8, 0.05)


def two_candidates(second):
    first = make_values([4, 3], [2, 1], candidate="a")
    return pd.concat([first, make_values(*second, candidate="b")])


def test_the_best_of_two_is_as_good_by_chance_as_counted_by_hand():
    # Of the 6 ways to choose two of four patients, a is at its best in 2 and b in 2 others.
    found = stats.judge_best_of_many(
        two_candidates(([4, 1], [3, 2])), make_groups(2, 2), first="yes"
    )
    assert found.p_value == pytest.approx(4 / 6)
    assert (found.n_candidates, found.n_relabellings, found.complete) == (2, 6, True)


def test_a_copy_of_a_candidate_changes_nothing():
    found = stats.judge_best_of_many(
        two_candidates(([4, 3], [2, 1])), make_groups(2, 2), first="yes"
    )
    assert found.p_value == pytest.approx(2 / 6)
    assert found.smallest_p == pytest.approx(1 / 3)


def test_a_value_that_never_varies_is_no_candidate():
    values = make_values([1, 1], [1, 1])
    assert stats.judge_best_of_many(values, make_groups(2, 2), first="yes").n_candidates == 0


@pytest.mark.parametrize(("n_yes", "n_no"), [(4, 0), (0, 4)])
def test_one_group_alone_cannot_be_dealt_out(n_yes, n_no):
    numbers = [1, 2, 3, 4]
    values = make_values(numbers[:n_yes], numbers[: 4 - n_yes])
    found = stats.judge_best_of_many(values, make_groups(n_yes, n_no), first="yes")
    assert found.p_value is None


def test_too_many_ways_are_sampled_the_same_way_each_time():
    rng = np.random.default_rng(3)
    values = make_values(rng.normal(size=12), rng.normal(size=12))
    groups = make_groups(12, 12)
    first, second = (
        stats.judge_best_of_many(values, groups, first="yes", seed=5) for _ in range(2)
    )
    assert first == second
    assert not first.complete
    # With one candidate the share estimates its exact p.
    assert first.p_value == pytest.approx(first.smallest_p, abs=0.02)


@given(yes=values, no=values)
@settings(deadline=None, max_examples=25)
def test_with_one_candidate_the_best_of_many_is_its_exact_p(yes, no):
    frame, groups = make_values(yes, no), make_groups(len(yes), len(no))
    found = stats.judge_best_of_many(frame, groups, first="yes")
    if found.p_value is not None:
        assert found.p_value == pytest.approx(auc(yes, no).p_value)


def test_missing_values_are_dealt_with_candidate_by_candidate():
    values = pd.concat([make_values([9, 8, 7], [1, 2, 3]), make_values([5], [1], candidate="b")])
    found = stats.judge_best_of_many(values, make_groups(3, 3), first="yes")
    assert found.n_candidates == 2
    assert found.p_value == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("area", "share", "power", "expected"),
    # By hand, z = 1.959964: (z + 0.841621)^2 / (12 * 0.25 * 0.04) = 65.4;
    # (z + 1.281552)^2 / (12 * 0.25 * 0.04) = 87.6; lower and higher AUC alike.
    [(0.7, 0.5, 0.8, 66), (0.7, 0.5, 0.9, 88), (0.3, 0.5, 0.8, 66)],
)
def test_the_number_to_confirm_an_auc_follows_noether(area, share, power, expected):
    assert stats.count_patients_to_confirm(area, share=share, power=power) == expected


@pytest.mark.parametrize(("area", "share"), [(0.5, 0.5), (0.9, 0.0), (0.9, 1.0)])
def test_what_cannot_be_confirmed_has_no_number(area, share):
    assert stats.count_patients_to_confirm(area, share=share, power=0.8) is None
