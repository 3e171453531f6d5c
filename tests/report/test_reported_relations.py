"""Relations that publications report, held against data."""

import pandas as pd
import pytest
from tests.report.cohorts import read_words

from helpers.report import reported_relations as report
from helpers.report.numbers import Numbers


def make_pairs(outcome):
    numbers = {"predictor": [1.0, 2.0, 3.0, 4.0, 5.0], "outcome": outcome}
    return pd.DataFrame({"association": "cd163_fi", "patient_id": list("ABCDE")} | numbers)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ([9.0, 7.0, 6.0, 4.0, 1.0], "rho −1.00"),
        ([1.0, 4.0, 6.0, 7.0, 9.0], "not in the reported direction"),
        ([9.0, 7.0, 6.0, 4.0, 1.0], "p = 0.017), in the reported direction."),
    ],
)
def test_a_reported_relation_is_held_against_the_data(separated, outcome, expected):
    # 2 / 5! = 0.0167.
    results = report.compute_associations(make_pairs(outcome))
    chapter = Numbers(separated.study)
    report.record_associations(chapter, results)
    words = read_words(report.describe_associations(chapter, results))
    assert expected in words
    [row] = report.tabulate_associations(results).to_dict("records")
    assert (row["n"], row["reported"]) == (5, "negative (Zong 2014)")


def test_relations_that_cannot_be_looked_at_are_said_to_be_so(separated):
    results = report.compute_associations(make_pairs([1.0] * 5).iloc[:0])
    assert results == {}
    assert report.describe_associations(separated.ledger, results).startswith("None of the")
    assert report.tabulate_associations(results).empty
    constant = report.compute_associations(make_pairs([1.0] * 5))
    assert report.describe_associations(separated.ledger, constant) == (
        "None of them is defined here."
    )
