"""Who is compared with whom: one arm, two arms, nobody."""

from tests.report.cohorts import read_words

from helpers.report import responders as report


def test_the_groups_and_the_warning_of_two_arms_are_counted(trial):
    words = read_words(report.describe_groups(trial.chapter, trial.best, trial.arms))
    assert words.startswith("7 of 15 patients responded: they improved")
    assert "They are compared with the other 8." in words
    assert "All arms are taken together; 6 of 9 in “Endurance exercise” and 1 of 6 in" in words


def test_one_arm_needs_no_warning(separated):
    words = read_words(report.describe_groups(separated.chapter, separated.best, separated.arms))
    assert "All arms" not in words
    assert "could not be judged" not in words


def test_who_could_not_be_judged_is_named(separated):
    best = separated.best.assign(best_response="not evaluable").head(1)
    words = read_words(report.describe_groups(separated.chapter, best, separated.arms))
    assert "1 patient who could not be judged (A) is counted among the others." in words
    both = separated.best.assign(best_response="not evaluable").head(2)
    words = read_words(report.describe_groups(separated.chapter, both, separated.arms))
    assert "2 patients who could not be judged (A and B) are counted" in words


def test_nobody_to_compare_with_is_said(nobody):
    words = read_words(report.describe_groups(nobody.chapter, nobody.best, nobody.arms))
    assert words.startswith("0 of 8 patients responded")
    assert "Nobody is left to compare with" in words
    short = read_words(report.describe_groups_shortly(nobody.chapter))
    assert short == "0 of 8 patients responded; nobody is left to compare with."
