"""What the chapter says of the trial that would settle it."""

import pytest
from tests.report.cohorts import read_words
from tests.report.predictor_cohorts import BETTER, FI, SAME, compare, make_fi, plan

from helpers.report.predictors import planning as report
from helpers.report.predictors import power_curve


@pytest.fixture(scope="module")
def planned():
    return plan(compare(BETTER, SAME, tables=make_fi(**FI)), largest_arm=80)


def describe(planned):
    *_, text = planned.list_pieces()
    return [read_words(paragraph) for paragraph in text.paragraphs]


def conclude(planned):
    [said] = planned.conclusion
    return read_words(said)


def test_the_share_carries_its_exact_interval(planned):
    # Clopper-Pearson for 7 of 15: 0.212667 to 0.734139 (R: binom.test).
    shares = planned.shares
    assert shares.treated["low"] == pytest.approx(0.212667, abs=1e-6)
    assert shares.treated["high"] == pytest.approx(0.734139, abs=1e-6)
    assert (shares.n_improved, shares.n, shares.against) == (7, 15, "")


def test_the_number_per_arm_is_told_with_both_ends(planned):
    first, ends, comparator, _ = describe(planned)
    assert first == (
        "If 47 % respond under treatment, as 7 of 15 did here, and 20 % without (an assumption), a "
        "trial needs 54 patients per arm for 80 % power and 70 patients per arm for 90 % power."
    )
    assert "at the lower end (21 %) more than 80 patients per arm" in ends
    assert "at the upper end (73 %) 16 patients per arm" in ends
    assert "has 2 % power at the lower end" in ends
    assert comparator == ""


def test_the_conclusion_warns_that_the_lower_end_is_out_of_reach(planned):
    assert "means about 54 patients in each arm here, which at the lower end" in conclude(planned)


def test_treatment_and_control_are_the_declared_contrast(trial):
    planned = plan(trial)
    shares = planned.shares
    assert (shares.arm, shares.n_improved, shares.n) == ("Endurance exercise", 6, 9)
    assert (shares.against, shares.control_improved, shares.control_n) == ("Control", 1, 6)
    assert (
        "that of the trial's own control, of 6 patients only (95 % CI 0 to 64 %)"
        in (describe(planned)[2])
    )
    assert planned.limits[1] == ""


def test_a_share_that_is_not_above_the_assumed_one_needs_no_trial():
    planned = plan(compare(["A"], SAME, tables=make_fi(**FI)), placebo_share=0.5)
    first, *_, simulation = describe(planned)
    assert "there is nothing for a trial to find" in first
    assert simulation == ""
    assert "nothing to aim at" in conclude(planned)
    table = planned.find("patients_per_arm").frame
    assert table.iloc[0, 2].startswith("the share under treatment is not above")


def test_a_number_that_was_not_reached_is_no_number():
    planned = plan(compare(BETTER, SAME, tables=make_fi(**FI)), largest_arm=20)
    assert "a trial needs more than 20 patients per arm for 80 % power" in describe(planned)[0]
    assert "too small for a trial of a size that a rare disease allows" in conclude(planned)
    drawn = power_curve.crop_curve(planned.powers, planned.found)
    assert [size[:2] for size in power_curve.point_out(planned.found, drawn)] == [("high", 16)]


def test_everybody_responding_is_planned_too():
    planned = plan(compare(BETTER, [], tables=make_fi(**FI)))
    assert describe(planned)[0].startswith("If 100 % respond under treatment")
    assert "if the truth lies at the lower end" in conclude(planned)


def test_the_table_has_a_row_for_each_share(planned):
    table = planned.find("patients_per_arm")
    assert table.frame.iloc[:, 2].tolist() == ["54", "more than 80", "16"]
    assert "7 of 15 observed" in table.caption


@pytest.mark.parametrize(
    ("power", "targets"), [(0.8, [0.8, 0.9]), (0.9, [0.9]), (0.95, [0.9, 0.95])]
)
def test_90_per_cent_is_always_reported_and_never_twice(power, targets):
    assert report.list_targets(power) == targets
