"""What chance and few patients allow: many, one and no responders."""

from tests.report.cohorts import read_words
from tests.report.predictor_cohorts import BETTER, SAME, compare, make_fi

from helpers.report.predictors import predictor_reach as report


def test_chance_is_told_for_all_candidates_together(trial):
    words = read_words(report.describe_chance(trial.ledger))
    assert "the 7 responses had fallen on these 15 patients by chance" in words
    assert "all 6435 ways to deal out the responses" in words


def test_the_reach_of_7_and_8_patients_is_computed(separated):
    # 2 / 6435 = 0.00031; the largest significant U of 7 and 8 patients is 10: 1 - 10 / 56 = 0.82.
    first, second = map(read_words, report.describe_reach(separated.ledger))
    assert "With 7 responders and 8 others, complete separation gives p = 0.00031" in first
    assert "An AUC of at least 0.82 (or as far below 0.5)" in first
    assert "interval of 0.25 to 0.75" in second


def test_one_responder_is_singular_and_can_show_nothing():
    compared = compare(["A"], ["B", "C", "D"], tables=make_fi(A=9.0, B=2.0, C=3.0, D=4.0))
    first = read_words(report.describe_reach(compared.ledger)[0])
    assert first.startswith("With 1 responder and 3 others, complete separation gives p = 0.500")
    assert first.endswith("No outcome at all could have given p of 0.05 or less.")
    assert report.describe_out_of_reach(compared.comparison) == ""
    assert "the 1 response had" in read_words(report.describe_chance(compared.ledger))


def test_nobody_to_compare_can_show_nothing(nobody):
    [only] = report.describe_reach(nobody.ledger)
    assert read_words(only).startswith("With 0 responders and 8 others nothing can be compared")


def test_candidates_with_too_few_values_are_named():
    known = {"A": 9.0, "B": 8.0, "C": 7.0, "D": 6.0, "H": 1.0, "I": 2.0, "J": 3.0, "K": 4.0}
    compared = compare(BETTER, SAME, tables=make_fi(**known))
    words = report.describe_out_of_reach(compared.comparison)
    assert words == (
        "Measured in so few patients that only complete separation could have given p of 0.05 or "
        "less: Functional Index."
    )
