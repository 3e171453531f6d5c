"""The numbers that one answer owns, and those of others that it quotes."""

import pytest
from tests.report.cohorts import one_arm

from helpers.report.numbers import Numbers
from helpers.stats.result import Interval, StatisticResult


@pytest.fixture
def numbers():
    return Numbers(one_arm("better"))


def test_a_number_carries_the_hash_of_its_table(numbers):
    result = numbers.record("a", 1, source="core_set")
    assert result.source == "core_set@0123456789ab"
    assert numbers["a"] is result
    assert "a" in numbers
    assert "b" not in numbers


class TestStatistics:
    def test_a_statistic_is_recorded_with_all_it_found(self, numbers):
        found = StatisticResult(
            estimate=1.5, interval=Interval(0.5, 2.5), p_value=0.25, n_used=4, method="a test"
        )
        result = numbers.record_statistic("a", found, source="core_set", unit="mm", digits=1)
        assert (result.value, result.low, result.high, result.p_value) == (1.5, 0.5, 2.5, 0.25)
        assert (result.n, result.method, result.unit, result.text) == (4, "a test", "mm", "1.5")
        assert numbers["a"] is result

    def test_a_statistic_hands_on_what_its_interval_covers(self, numbers):
        interval = Interval(0.5, 2.5, achieved=0.9375)
        found = StatisticResult(estimate=1.5, interval=interval, method="a test")
        assert numbers.record_statistic("a", found, source="core_set").coverage == 0.9375

    def test_an_undefined_statistic_keeps_its_reason(self, numbers):
        found = StatisticResult(reason="no values", n_missing=2)
        result = numbers.record_statistic("a", found, source="core_set")
        assert (result.value, result.low, result.reason) == (None, None, "no values")


class TestParts:
    def test_numbers_of_a_part_are_found_and_stay_its_own(self, numbers):
        result = numbers.record("a", 1, source="core_set")
        whole = Numbers(numbers.study, [numbers])
        own = whole.record("b", 2, source="core_set")
        assert (whole["a"], whole["b"]) == (result, own)
        assert [one.id for one in whole.ledger] == ["b"]
        assert "b" not in numbers

    def test_numbers_of_a_part_of_a_part_are_found(self, numbers):
        result = numbers.record("a", 1, source="core_set")
        whole = Numbers(numbers.study, [Numbers(numbers.study, [numbers])])
        assert "a" in whole
        assert whole["a"] is result

    def test_what_nobody_recorded_is_refused_by_name(self, numbers):
        with pytest.raises(KeyError, match="unknown"):
            _ = Numbers(numbers.study, [numbers])["unknown"]
