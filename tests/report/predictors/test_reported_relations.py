"""Relations that publications report, held against data."""

from dataclasses import replace

import pandas as pd
import pytest
from tests.report.cohorts import read_words

from helpers.contracts.configuration import Reported, ReportedRelation
from helpers.report.numbers import Numbers
from helpers.report.predictors import reported_relations as report

RELATION = ReportedRelation(
    name="cd163_fi",
    predictor="cd163",
    table="functional_index",
    column="fi",
    label="Functional Index",
    month=6,
    expected="negative",
    source="A 2014",
)


def make_numbers(study, *relations):
    """Give the numbers of a study whose study.yml lists these relations."""
    reported = Reported(relations=relations)
    config = study.config.model_copy(update={"reported": reported})
    return Numbers(replace(study, config=config))


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
    results = report.compute_associations(make_pairs(outcome), [RELATION])
    chapter = make_numbers(separated.study, RELATION)
    report.record_associations(chapter, results)
    words = read_words(report.describe_associations(chapter, results))
    assert expected in words
    [row] = report.tabulate_associations(results, [RELATION]).to_dict("records")
    assert (row["n"], row["reported"]) == (5, "negative (A 2014)")


def test_relations_that_cannot_be_looked_at_are_said_to_be_so(separated):
    results = report.compute_associations(make_pairs([1.0] * 5).iloc[:0], [RELATION])
    numbers = make_numbers(separated.study, RELATION)
    assert results == {}
    assert report.describe_associations(numbers, results).startswith("None of the")
    assert report.tabulate_associations(results, [RELATION]).empty
    constant = report.compute_associations(make_pairs([1.0] * 5), [RELATION])
    assert report.describe_associations(numbers, constant) == "None of them is defined here."


def test_a_study_that_lists_none_says_so(separated):
    assert report.describe_associations(make_numbers(separated.study), {}) == (
        "study.yml lists no relation that a publication reported."
    )
