"""The answer in a sentence: what was declared, what was seen, what may not be said."""

import re

from tests.report.cohorts import TWO_ARMS, make_cohort, read_words

from helpers.answers import cohort, outcomes, safety
from helpers.answers.glance import first_screen
from helpers.report.glance import headline


def ask(study):
    treated = safety.treatment(cohort.flow(cohort.availability(study)))
    return first_screen.first_screen(outcomes.primary(study), treated)


def test_one_arm_is_told_at_the_last_visit_and_at_some_and_credited_with_nothing():
    study = make_cohort(
        {"A": ["better", "same"], "B": ["same", "same"], "C": ["same", "better"]},
        months=(3.0, 6.0),
    )
    said = read_words(ask(study).sentence)
    assert headline.NO_OUTCOME in said
    assert "By the IMACS definition 1 of 3 were improved at Month 6, 2 of 3 at some visit." in said
    assert said.endswith(headline.NO_CONTROL)


def test_two_arms_are_set_against_each_other():
    study = make_cohort(
        {"A": ["better"], "B": ["same"], "C": ["same"], "D": ["same"]}, arms=TWO_ARMS
    )
    said = read_words(ask(study).sentence)
    assert "1 of 2 against 0 of 2 were improved at Month 3." in said
    assert headline.NO_CONTROL not in said


def test_the_line_about_the_study_names_patients_and_diagnoses():
    study = make_cohort({"A": ["better"], "B": ["same"]})
    told = headline.describe_study(ask(study).ledger, diagnoses=["DM", "PM"])
    assert re.match(r"One arm, no control · 2 patients: 1 DM, 1 PM", told)
