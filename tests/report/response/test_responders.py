"""Who is compared with whom: one arm, two arms, nobody."""

import pytest
from tests.report.cohorts import make_cohort, one_arm, read_words

from helpers.answers import response_matrix
from helpers.report.response import responders as report


def test_the_groups_and_the_warning_of_two_arms_are_counted(trial):
    words = read_words(report.describe_groups(trial.groups.ledger))
    assert words.startswith("7 of 15 patients responded: they improved")
    assert "They are compared with the other 8." in words
    assert "All arms are taken together; 6 of 9 in “Endurance exercise” and 1 of 6 in" in words


def test_one_arm_needs_no_warning(separated):
    words = read_words(report.describe_groups(separated.groups.ledger))
    assert "All arms" not in words
    assert "could not be judged" not in words


@pytest.mark.parametrize(
    ("fates", "told"),
    [
        (("better", "unknown"), "1 patient who could not be judged (B) is counted among the"),
        (("better", None, "unknown"), "2 patients who could not be judged (B and C) are counted"),
    ],
)
def test_who_could_not_be_judged_is_named(fates, told):
    groups = response_matrix.groups(one_arm(*fates))
    assert told in read_words(report.describe_groups(groups.ledger))


def test_who_could_not_be_judged_may_be_left_out():
    study = make_cohort(
        {"A": ["better"], "B": ["same"], "C": ["unknown"]}, response={"unjudged": "left_out"}
    )
    words = read_words(report.describe_groups(response_matrix.groups(study).ledger))
    assert words.startswith("1 of 2 patients responded")
    assert words.endswith("1 patient who could not be judged (C) is left out.")


def test_nobody_to_compare_with_is_said(nobody):
    words = read_words(report.describe_groups(nobody.groups.ledger))
    assert words.startswith("0 of 8 patients responded")
    assert "Nobody is left to compare with" in words
    short = read_words(report.describe_groups_shortly(nobody.groups.ledger))
    assert short == "0 of 8 patients responded; nobody is left to compare with."
