"""In how many new patients a predictor could be confirmed, if at all."""

from tests.report.cohorts import read_words
from tests.report.predictor_cohorts import BETTER, FI, SAME, compare, make_fi

from helpers.answers import planning


def confirm(compared, predictor="functional_index"):
    return read_words(planning.confirm(compared, predictor=predictor).sentence)


def test_a_predictor_is_confirmed_in_more_patients_at_the_end_of_its_interval():
    # Complete separation, 7 of 15 responders: 7.849 / (12 * 0.2489 * 0.25) = 10.5.
    said = confirm(compare(BETTER, SAME, tables=make_fi(**FI)))
    assert "takes 11 new patients" in said
    assert "at the nearer end of its interval it takes" in said


def test_a_predictor_whose_interval_holds_a_half_has_nothing_to_confirm_there(trial):
    assert confirm(trial, "extramuscular").endswith(
        "at the nearer end of its interval there is nothing to confirm."
    )


def test_a_predictor_that_was_not_compared_has_nothing_to_say():
    assert confirm(compare([], SAME, tables=make_fi(**FI))) == ""
