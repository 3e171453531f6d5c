"""The first screen of the shipped studies: what a clinician asks first, in its words."""

from tests.answers.asked import COHORT, read
from tests.report.cohorts import read_words

from helpers.answers import cohort, outcomes, safety
from helpers.answers.glance import first_screen
from helpers.report.pieces import Cell, Everybody


def ask(study):
    treated = safety.treatment(cohort.flow(cohort.availability(study)))
    return first_screen.first_screen(outcomes.primary(study), treated)


def test_the_primary_outcome_comes_first_then_response_then_what_may_not_be_said():
    said = read_words(ask(read(COHORT)).sentence)
    assert said.startswith("The primary outcome, Functional Index at least 20 % better at Month 12")
    assert "2 of 15 were improved at Month 12, 7 of 15 at some visit." in said
    assert said.endswith("this cannot be credited to the treatment.")


def test_two_arms_compare_the_trials_own_outcome():
    said = read_words(ask(read("endurance_training_iim")).sentence)
    assert "was reached by 9 of 9 in “Endurance exercise” against 1 of 6 in “Control”" in said


def test_reasons_for_leaving_stand_in_the_words_of_the_source():
    screen = ask(read(COHORT))
    [safe] = [p for p in screen.list_pieces() if isinstance(p, Cell) and p.name == "safe"]
    words = read_words(safe.html)
    for reason in ("increased muscle symptoms", "headache", "lack of efficacy"):
        assert reason in words


def test_everybody_is_in_the_picture_once():
    [picture] = [p for p in ask(read(COHORT)).list_pieces() if isinstance(p, Everybody)]
    assert picture.html.count("<tr data-patient=") == 15


def test_a_case_without_a_rule_leaves_its_words_to_its_own_chapter():
    screen = ask(read("anti_mda5_case"))
    assert screen.sentence == ""
    assert not [p for p in screen.list_pieces() if isinstance(p, Everybody)]
