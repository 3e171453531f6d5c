"""How each core set measure moved, in the groups that were asked for."""

import pandas as pd
from tests.report.cohorts import one_arm, two_arms

from helpers.answers import core_set


def test_each_measure_is_recorded_for_each_group_and_visit():
    change = core_set.change(two_arms("better", "same", "same", "same"))
    assert len(change.numbers) == 12
    assert "change.mmt8.exercise.month_3" in change.ledger
    # MMT-8: 60 to 78 in one of two patients, no change in the other: half of 18.
    assert change.ledger["change.mmt8.exercise.month_3"].value == 9


def test_groups_may_be_others_than_the_arms():
    groups = pd.Series({"A": "x", "B": "y"})
    change = core_set.change(one_arm("better", "same"), groups=groups)
    assert change.ledger["change.mmt8.x.month_3"].value == 18
    assert change.ledger["change.mmt8.y.month_3"].value == 0


def test_it_says_nothing_but_shows_courses_and_a_table():
    change = core_set.change(one_arm("better"))
    assert change.sentence == ""
    assert [piece.name for piece in change.list_pieces()] == [
        "core_set_courses",
        "change_by_measure",
    ]
    assert repr(change) == "Change of mini"
