"""The result every statistic hands back."""

import math
from dataclasses import FrozenInstanceError

import pytest

from helpers.stats.result import Interval, StatisticResult


def test_an_interval_unpacks():
    low, high = Interval(1.0, 2.0)
    assert (low, high) == (1.0, 2.0)
    assert 1.5 in Interval(1.0, 2.0)
    assert 2.5 not in Interval(1.0, 2.0)


def test_a_row_spreads_the_interval():
    row = StatisticResult(estimate=1.0, interval=Interval(0.5, 2.0, achieved=0.96)).as_row()
    assert (row["low"], row["high"], row["level"], row["achieved"]) == (0.5, 2.0, 0.95, 0.96)
    assert "interval" not in row


def test_a_row_without_interval_has_missing_limits():
    row = StatisticResult(reason="no differences").as_row()
    assert math.isnan(row["low"])
    assert row["p_value"] is None


def test_results_cannot_be_changed():
    with pytest.raises(FrozenInstanceError, match="cannot assign"):
        StatisticResult().p_value = 0.01
