"""Biopsies compared in the groups that were asked for; each answer quotes the same pairs."""

import pandas as pd
import pytest
from tests.answers.asked import COHORT, read
from tests.report.biopsy_cohorts import compare, stain
from tests.report.cohorts import read_words

from helpers.answers import biopsies


@pytest.fixture(scope="module")
def found():
    return biopsies.compare_visits(read(COHORT))


def test_the_visits_are_baseline_and_the_later_one_that_was_measured(found):
    assert found.months == (0.0, 6.0)
    assert [read_words(end) for end in found.words.ends] == ["Baseline", "Month 6"]


def test_groups_may_be_others_than_responders():
    rows = [stain(p, m, 1 + m, marker="CD3") for p in "AB" for m in (0, 6)]
    study = compare(*rows).study
    groups = pd.Series({"A": "x", "B": "y"}, name="arm")
    change = biopsies.change(biopsies.compare_visits(study, groups=groups))
    assert change.by_group["group"].tolist() == ["x", "y"]
    assert "biopsy.change.cd3.x" in change.ledger
    usual = biopsies.change(biopsies.compare_visits(study))
    assert usual.by_group["group"].tolist() == ["responders", "non-responders"]


def test_everybody_is_tested_and_the_groups_are_described(found):
    change = biopsies.change(found)
    assert set(change.changes["group"]) == {"all patients"}
    assert change.changes["adjusted_p"].notna().all()
    assert "adjusted_p" not in change.by_group
    assert change.find("biopsy_change").frame.shape[0] == len(found.words.labels)


def test_the_numbers_of_each_question_are_its_own(found):
    asked = [
        found,
        biopsies.change(found),
        biopsies.expression(found),
        biopsies.predict_functional_index(found),
        biopsies.agreement(found.study),
    ]
    ids = [result.id for answer in asked for result in answer.ledger.ledger]
    assert len(ids) == len(set(ids))
    assert all(answer.study is found.study for answer in asked)
