"""The trial that would settle it, by what is assumed and wanted."""

import pytest
from tests.report.cohorts import read_words
from tests.report.predictor_cohorts import BETTER, FI, SAME, compare, make_fi

from helpers.answers import planning


@pytest.fixture(scope="module")
def compared():
    return compare(BETTER, SAME, tables=make_fi(**FI))


def plan(compared, **options):
    return planning.plan_trial(compared.study, **{"largest_arm": 80, "simulations": 100} | options)


def find_size(planned, scenario="observed"):
    [size] = [
        one.n_per_arm
        for one in planned.found
        if one.scenario == scenario and one.target == planned.power
    ]
    return size


def test_assumptions_decide_the_size(compared):
    usual = find_size(plan(compared))
    assert usual == 54
    assert find_size(plan(compared, power=0.9)) == 70
    assert find_size(plan(compared, placebo_share=0.1)) < usual
    assert find_size(plan(compared, largest_arm=20)) is None


def test_the_seed_and_the_number_of_trials_played_decide_the_simulation(compared):
    first, again, other = (plan(compared, seed=seed).simulated for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)
    note = plan(compared, simulations=50).find("power").note
    assert "50 simulated trials" in read_words(note)


def test_the_summary_and_the_sentence_are_one(compared):
    planned = plan(compared)
    assert planned.sentence == " ".join(planned.summary)
    assert planned.methods


def test_a_predictor_is_confirmed_in_more_patients_for_more_power(compared):
    sizes = [
        planning.confirm(compared, predictor="functional_index", power=power).numbers["value"].max()
        for power in (0.8, 0.9)
    ]
    assert sizes[0] < sizes[1]
