"""Estimates and their intervals: the same in the ledger, in tables and in captions."""

import pandas as pd
import pytest
from tests.report.cohorts import make_cohort, read_words

from helpers.report import estimates as report
from helpers.report.numbers import Numbers

NA = float("nan")
ROW = {
    "change": 1.5,
    "n": 4,
    "low": -1.0,
    "high": 4.0,
    "p_value": 0.125,
    "achieved": 0.875,
    "method": "a test",
    "reason": "",
}
"""Four pairs: the widest exact signed-rank interval covers 1 - 2 / 2 ** 4."""


@pytest.fixture
def chapter():
    return Numbers(make_cohort({"A": ("better",)}))


def record(chapter, row):
    return report.record_estimate(chapter, "a", row, value="change", source="core_set", unit="mm")


def test_an_estimate_is_recorded_with_all_its_row_holds(chapter):
    found = record(chapter, ROW)
    assert (found.value, found.n, found.low, found.high) == (1.5, 4, -1.0, 4.0)
    assert (found.p_value, found.unit, found.coverage) == (0.125, "mm", 0.875)
    assert found.method == (
        "a test; 95 % is out of reach with so few, the widest interval covers 87.5%"
    )


def test_a_row_without_test_or_coverage_is_recorded_without(chapter):
    row = {key: value for key, value in ROW.items() if key not in ("p_value", "achieved")}
    found = record(chapter, row)
    assert (found.p_value, found.method, found.coverage) == (None, "a test", 0.95)


def test_a_missing_estimate_keeps_its_reason(chapter):
    row = ROW | dict.fromkeys(["change", "low", "high", "p_value", "achieved"], NA)
    found = record(chapter, row | {"reason": "nobody was seen"})
    assert (found.value, found.reason, found.interval) == (None, "nobody was seen", "")
    assert found.method == "a test"


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((NA, NA, NA), "not defined"),
        ((NA, 1.0, 2.0), "not defined"),
        ((1.0, NA, NA), "1.00 (no interval)"),
        ((-12.5, -30.0, 4.0), "−12.5 (−30.0 to 4.0)"),
        ((250.0, 100.0, 400.0), "250 (100 to 400)"),
    ],
)
def test_a_centre_and_its_interval_have_the_same_decimals(numbers, text):
    assert report.write_rounded(*numbers) == text


@pytest.mark.parametrize(
    ("achieved", "text"),
    [
        (0.95, "1 to 2"),
        (0.96, "1 to 2"),
        (0.9375, "1 to 2; 94 %"),
        (None, "1 to 2"),
        (NA, "1 to 2"),
    ],
)
def test_only_a_coverage_below_ninety_five_per_cent_is_named(achieved, text):
    assert report.write_limits(1.0, 2.0, achieved=achieved) == text


def test_what_stands_for_absent_limits_is_the_callers():
    assert report.write_limits(NA, NA, absent="not known") == "not known"
    assert report.write_estimate(1.0, NA, NA, absent="not known") == "1 (not known)"


def test_a_caption_lists_each_coverage_that_falls_short_once():
    low = [0.0, 0.0, 0.0, NA]
    rows = pd.DataFrame({"low": low, "achieved": [0.9375, 0.875, 0.9375, 0.5]})
    assert "covers 88 % and 94 %." in read_words(report.caption_coverage(rows))
    full = pd.DataFrame({"low": [0.0], "achieved": [0.95]})
    assert report.caption_coverage(full) == ""
    assert report.caption_coverage(full.head(0)) == ""
