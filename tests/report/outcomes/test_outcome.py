"""Outcomes in words and tables; hostile studies are in tests/statements."""

import pytest
from tests.answers.shown import list_captions, list_sentences, list_tables
from tests.report.cohorts import UNWRITTEN, make_cohort, read_words
from tests.study_folders import make_config

from helpers.answers import outcomes
from helpers.contracts.outcomes import Outcome
from helpers.report.outcomes.outcome import describe_rule, name_outcome

ARMS = {"A": "drug", "B": "drug", "C": "placebo", "D": "placebo"}
FATES = {"A": ["better"], "B": ["same"], "C": ["same"], "D": [None]}


@pytest.mark.parametrize(
    ("outcome", "name"),
    [
        (Outcome(measure="response", month=3), "improvement by the IMACS definition at 3 months"),
        (
            Outcome(measure="mmt8", month=3, direction="higher", improvement=8),
            "muscle strength (MMT-8) at least 8 better at 3 months",
        ),
        (
            Outcome(measure="a_b", month=3, direction="lower", improvement_percent=7.5),
            "a b at least 7.5 % better at 3 months",
        ),
        (Outcome(measure="a", label="Walking", month=3), "Walking at 3 months"),
    ],
)
def test_an_outcome_is_named_by_measure_limit_and_visit(outcome, name):
    assert read_words(name_outcome(outcome, make_config())) == name


def test_the_rule_says_which_way_is_better_and_where_it_comes_from():
    outcome = Outcome(measure="ck", month=3, direction="lower", improvement=5, note="Our own.")
    told = read_words(describe_rule(outcome, make_config()))
    assert (
        told == "Reached: creatine kinase lower by at least 5 in its own unit at 3 months. Our own."
    )


@pytest.mark.parametrize("settings", [{}, {"reference_arm": "placebo"}])
def test_no_piece_holds_a_value_that_is_not_put_in_words(settings):
    study = make_cohort(
        FATES, arms=ARMS, primary_outcome={"measure": "response", "month": 3}, **settings
    )
    answer = outcomes.primary(study)
    for text in [*list_sentences(answer), *list_captions(answer), *list_tables(answer)]:
        assert not UNWRITTEN.search(read_words(text)), text
