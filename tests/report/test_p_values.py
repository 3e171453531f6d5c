"""Which p-value decides, what is recorded of it, and how a caption names its test."""

import pandas as pd
import pytest
from tests.report.cohorts import make_cohort, read_words

from helpers.report import p_values as report
from helpers.report.numbers import Numbers

NA = float("nan")


@pytest.fixture
def chapter():
    return Numbers(make_cohort({"A": ("better",)}))


def make_tests(*p_values, adjusted=None, adjustment=""):
    return pd.DataFrame(
        {
            "panel": list("abcdef")[: len(p_values)],
            "p_value": p_values,
            "adjusted_p": adjusted or [NA] * len(p_values),
            "adjustment": adjustment,
        }
    )


@pytest.mark.parametrize(
    ("p_value", "adjusted", "clear"),
    [(0.049, NA, True), (0.05, NA, False), (0.01, 0.05, False), (0.01, 0.049, True)],
)
def test_the_adjusted_p_decides_where_there_is_one(p_value, adjusted, clear):
    rows = make_tests(p_value, adjusted=[adjusted])
    assert bool(report.keep_clear(rows)) is clear


def test_what_was_not_tested_is_neither_clear_nor_least():
    rows = make_tests(NA, 0.2, 0.1)
    assert report.keep_clear(rows) == []
    assert report.find_least(rows)["panel"] == "c"
    assert report.find_least(make_tests(NA)) is None


def test_of_adjusted_p_values_that_are_alike_the_smallest_raw_one_is_named():
    rows = make_tests(0.852, 0.333, 0.6, adjusted=[1, 1, 1])
    assert report.find_least(rows)["panel"] == "b"


def test_an_adjusted_p_has_a_record_and_a_link_of_its_own(chapter):
    chapter.record("raw", 1.0, p_value=0.01, source="core_set")
    row = {"n": 5, "adjusted_p": 0.04, "adjustment": "Holm, family “x”"}
    report.record_adjusted_p(chapter, "adjusted", row, source="core_set")
    assert (chapter["adjusted"].value, chapter["adjusted"].method) == (0.04, "Holm, family “x”")
    assert read_words(report.link_p(chapter, "raw", "adjusted")) == "p = 0.010, adjusted p = 0.040"


@pytest.mark.parametrize("row", [{"n": 5}, {"n": 5, "adjusted_p": NA, "adjustment": ""}])
def test_a_p_outside_a_family_stands_alone(chapter, row):
    chapter.record("raw", 1.0, p_value=0.01, source="core_set")
    report.record_adjusted_p(chapter, "adjusted", row, source="core_set")
    assert "adjusted" not in chapter.ledger
    assert read_words(report.link_p(chapter, "raw", "adjusted")) == "p = 0.010"


def test_a_caption_names_the_first_test_and_nothing_more_of_it():
    rows = pd.DataFrame({"method": ["", "exact <test>; two-sided", "another"]})
    assert report.name_test(rows) == "exact &lt;test&gt;"
    assert report.name_test(rows.head(1)) == ""
    assert report.name_test(rows.head(0)) == ""


def test_a_caption_says_for_how_many_tests_it_is_adjusted():
    rows = make_tests(0.1, 0.2, NA, adjusted=[0.2, 0.2, NA], adjustment="Holm")
    assert report.say_adjusted(rows, where=" here", each=" within each group") == (
        "also adjusted for the 2 tests within each group (Holm)"
    )
    assert report.say_adjusted(make_tests(0.1, 0.2), where=" here", each=" within each group") == (
        "not adjusted for the 2 tests here"
    )
