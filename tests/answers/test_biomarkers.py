"""Candidates compared between the groups of one study; what was drawn follows the seed."""

import pytest
from tests.report.predictor_cohorts import SEPARATED, compare, compare_in, make_fi

from helpers.answers import biomarkers, response_matrix
from helpers.derive.response.response_groups import RESPONDERS
from helpers.study import read_study

NAMES = list("ABCDEFGHIJKLMNO")


@pytest.fixture(scope="module")
def trial():
    return compare_in(read_study("endurance_training_iim"))


def test_the_reach_is_of_the_same_groups_and_made_once(trial):
    assert biomarkers.reach(trial) is trial.reach
    assert trial.reach in trial.parts
    assert trial.ledger["reach.tested"] is trial.reach.ledger["reach.tested"]
    assert trial.ledger["groups.responders"] is trial.groups.ledger["groups.responders"]


def test_the_seed_decides_what_is_dealt_at_random():
    # 12 of 26 responders are too many ways to try them all.
    better, same = [f"R{i}" for i in range(12)], [f"N{i}" for i in range(14)]
    levels = {name: 8.0 + i for i, name in enumerate(better)}
    levels |= {name: 5.5 + i for i, name in enumerate(same)}
    study = compare(better, same, tables=make_fi(**levels)).study
    candidates, groups = biomarkers.list_candidates(study), response_matrix.groups(study)
    assert biomarkers.compare(candidates, groups).seed == 1
    one, again, other = (
        biomarkers.compare(candidates, groups, seed=seed).chance for seed in (1, 1, 2)
    )
    assert one == again
    assert not one.complete
    assert one.smallest_p == other.smallest_p
    assert one.p_value != other.p_value


def test_the_predictor_looked_at_is_the_one_asked_for(trial):
    one, other = (
        biomarkers.one_predictor(trial, predictor=name)
        for name in ("extramuscular", "patient_global")
    )
    assert one.sentence.startswith("Extramuscular activity: AUC")
    assert other.sentence.startswith("Patient global activity: AUC")
    assert set(one.values["group"]) == {RESPONDERS, "non-responders"}


def test_leaving_out_is_of_the_same_comparison(trial):
    left = biomarkers.leave_one_out(trial)
    assert left.compared is trial
    assert left.numbers.empty


def test_candidates_are_those_that_the_study_measured():
    candidates = compare(NAMES[:7], NAMES[7:], tables=SEPARATED).candidates
    assert "functional_index" in set(candidates.values["candidate"])
    assert "cd163" not in set(candidates.values["candidate"])
