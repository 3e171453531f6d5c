"""Extramuscular disease at baseline of the groups that were asked for."""

import pandas as pd
from tests.report.cohorts import one_arm

from helpers.answers import extramuscular


def test_responders_are_compared_with_the_others():
    baseline = extramuscular.baseline(one_arm("better", "same"))
    assert baseline.groups.tolist() == ["responders", "non-responders"]
    assert baseline.values.tolist() == [4, 4]
    assert baseline.shift.estimate == 0


def test_groups_may_be_others_than_those_of_the_studys_rule():
    groups = pd.Series({"A": "responders", "B": "responders"})
    baseline = extramuscular.baseline(one_arm("better", "same"), groups=groups)
    assert baseline.shift.estimate is None
    assert "cannot be compared" in baseline.sentence
