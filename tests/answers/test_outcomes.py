"""Declared outcomes of the trial that ships with its own: table 4 of Alemo Munters et al 2013."""

import pytest
from tests.report.cohorts import make_cohort, read_words

from helpers.answers import outcomes
from helpers.study import read_study


@pytest.fixture(scope="module")
def primary():
    return outcomes.primary(read_study("endurance_training_iim", tables=outcomes.TABLES))


def test_the_trials_own_outcome_is_told_with_its_test(primary):
    told = read_words(primary.sentence)
    assert "9 of 9 patients in the arm “Endurance exercise”" in told
    assert "1 of 6 patients in the arm “Control”" in told
    assert "p = 0.002" in told  # Fisher: 10 * 1 / C(15, 6) + ... = 10 / 5005
    assert primary.verdict == "reached"


def test_every_printed_mark_follows_from_the_limit(primary):
    flags = primary.study.table("published_flags")
    printed = flags[flags["flag"] == "cycling_improvement"].set_index("patient_id")["value"]
    reached = primary.judged.set_index("patient_id")["reached"]
    assert reached.tolist() == printed[reached.index].tolist()


def test_secondary_endpoints_are_told_beside_it():
    study = make_cohort(
        {"A": ["better"], "B": ["same"]},
        endpoints={"response_at_3": {"measure": "response", "month": 3}},
    )
    answer = outcomes.endpoints(study)
    assert "was reached by 1 of all 2 patients who entered" in read_words(answer.sentence)
    assert "response_at_3.treated.reached" in answer.numbers["id"].tolist()


def test_a_headline_shows_no_table(primary):
    pieces = list(outcomes.headline(primary.study).list_pieces())
    assert len(pieces) == 1
