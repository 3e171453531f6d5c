"""In how many new patients a predictor could be confirmed, if at all."""

import pytest
from tests.report.cohorts import read_words
from tests.report.predictor_runs import BETTER, FI, SAME, Run, make_fi

from helpers.report import confirmation as report


@pytest.fixture(scope="module")
def cohort():
    return Run(BETTER, SAME, tables=make_fi(**FI), predictor="functional_index")


def test_a_predictor_is_confirmed_in_more_patients_at_the_end_of_its_interval(cohort):
    # Complete separation, 7 of 15 responders: 7.849 / (12 * 0.2489 * 0.25) = 10.5.
    report.record_confirmation(cohort.chapter, cohort.comparison, "functional_index", power=0.8)
    said = read_words(report.describe_confirmation(cohort.chapter, "functional_index", power=0.8))
    assert "takes 11 new patients" in said
    assert "at the nearer end of its interval it takes" in said


def test_a_predictor_whose_interval_holds_a_half_has_nothing_to_confirm_there(trial):
    report.record_confirmation(trial.chapter, trial.comparison, "extramuscular", power=0.8)
    said = report.describe_confirmation(trial.chapter, "extramuscular", power=0.8)
    assert said.endswith("at the nearer end of its interval there is nothing to confirm.")


def test_a_predictor_that_was_not_compared_has_nothing_to_say():
    run = Run([], SAME, tables=make_fi(**FI))
    report.record_confirmation(run.chapter, run.comparison, "functional_index", power=0.8)
    assert report.describe_confirmation(run.chapter, "functional_index", power=0.8) == ""
