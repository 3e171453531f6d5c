"""Arms are compared where the study declares it, with the difference of shares first."""

import pytest
from tests.report.cohorts import read_words
from tests.statements.studies import build, find, make_arms, say

from helpers.answers import core_set, planning, response

TWO = make_arms(placebo=6, drug=6)
ONE = make_arms(drug=6)
FATES = {p: ["same" if arm == "placebo" else "better"] for p, arm in TWO.items()}


def ask(folder, question, arms=None, fates=None, **settings):
    return question(build(folder, arms or TWO, fates=fates or FATES, **settings))


def test_a_change_is_compared_between_arms_with_its_interval(tmp_path):
    answer = ask(tmp_path, core_set.between_arms, reference_arm="placebo")
    found = find(answer, "between_arms.drug.against.placebo.mmt8.month_6")
    assert found["value"] == 18  # 60 to 78 against 60 to 60
    assert found["p_value"] == pytest.approx(2 / 924)  # 2 / C(12, 6)
    assert "6 changes were compared between arms" in say(answer)


def test_the_reference_may_stand_first_and_is_still_the_reference(tmp_path):
    answer = ask(tmp_path, response.share, reference_arm="placebo")
    assert "Improved in “Drug” against “Placebo”: a difference of 100 percentage points" in say(
        answer
    )


def test_without_a_declaration_nothing_is_compared(tmp_path):
    study = build(tmp_path, TWO, fates=FATES)
    told = say(core_set.between_arms(study), response.share(study))
    assert "No reference arm is declared" in told
    assert "odds ratio" not in told
    assert "more than two groups" not in told


def test_one_arm_is_told_what_else_can_move_it(tmp_path):
    told = say(ask(tmp_path, core_set.between_arms, ONE, {p: ["better"] for p in ONE}))
    assert "regression to the mean" in told
    assert "natural course" in told


def test_three_arms_are_compared_with_their_reference(tmp_path):
    arms = make_arms(low=4, placebo=4, high=4)
    fates = {p: ["better" if arm == "high" else "same"] for p, arm in arms.items()}
    study = build(tmp_path, arms, fates=fates, reference_arm="placebo")
    told = say(response.share(study))
    assert "“High” against “Placebo”: difference 100 percentage points" in told
    assert "“Low” against “Placebo”: difference 0 percentage points" in told
    changes = core_set.between_arms(study).differences
    assert set(changes["against"]) == {"Placebo"}


def test_an_arm_that_nobody_was_seen_in_has_no_difference(tmp_path):
    fates = {p: [None if arm == "placebo" else "better"] for p, arm in TWO.items()}
    answer = ask(tmp_path, core_set.between_arms, fates=fates, reference_arm="placebo")
    assert "No change could be compared" in say(answer)
    assert answer.differences["reason"].str.contains("nobody in one of the arms").all()


def test_the_next_trial_takes_the_share_of_the_own_control(tmp_path):
    fates = FATES | {"P01": ["better"]}
    study = build(tmp_path, TWO, fates=fates, reference_arm="placebo")
    answer = planning.plan_trial(study, placebo_share=0.5, simulations=100, largest_arm=20)
    told = say(answer)
    assert "100 % respond under treatment, as 6 of 6 did in “Drug”" in told
    assert "17 % without, as 1 of 6 did in “Placebo”" in told
    assert "assumption" not in told
    assert "is that of 6 patients of this trial" in read_words(" ".join(answer.limits))


def test_no_arm_is_guessed_to_be_the_control(tmp_path):
    study = build(tmp_path, TWO, fates=FATES)
    answer = planning.plan_trial(study, simulations=100, largest_arm=20)
    assert "50 % respond under treatment, as 6 of 12 did here" in say(answer)
    texts = [text for piece in answer.list_pieces() for text in getattr(piece, "paragraphs", ())]
    assert "No reference arm is declared, so no arm is taken for the control." in texts
