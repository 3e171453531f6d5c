"""What a study may declare: outcomes, contrasts, strategies and its plan."""

import pytest
from pydantic import ValidationError
from tests.study_folders import make_config

from helpers.contracts.outcomes import CORE_MEASURES, Outcome, Plan, PlannedResult
from helpers.derive.response.core_set import MEASURES

ARMS = {"drug": "Drug", "placebo": "Placebo", "high": "High dose"}


def test_the_measures_are_those_of_the_core_set():
    assert set(CORE_MEASURES) == {measure.name for measure in MEASURES}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"measure": "mmt8", "month": 3}, "improvement_percent or improvement, with direction"),
        ({"measure": "mmt8", "month": 3, "direction": "higher"}, "a limit and its direction"),
        ({"measure": "walk", "month": 3, "improvement": 3}, "a limit and its direction"),
        ({"measure": "response", "month": 3, "direction": "higher"}, "leave out limit"),
        (
            {
                "measure": "walk",
                "month": 3,
                "direction": "higher",
                "improvement": 3,
                "improvement_percent": 3,
            },
            "not both",
        ),
    ],
)
def test_a_limit_that_cannot_be_applied_is_refused(given, told):
    with pytest.raises(ValidationError, match=told):
        Outcome.model_validate(given)


def test_every_other_arm_is_held_against_the_reference():
    config = make_config(arms=ARMS, reference_arm="placebo")
    assert config.comparisons == (("Drug", "Placebo"), ("High dose", "Placebo"))


def test_declared_contrasts_are_the_only_ones():
    pairs = [{"arm": "high", "against": "drug"}]
    config = make_config(arms=ARMS, reference_arm="placebo", contrasts=pairs)
    assert config.comparisons == (("High dose", "Drug"),)


def test_without_a_declaration_no_arms_are_compared():
    assert make_config(arms=ARMS).comparisons == ()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"reference_arm": "plaecbo"}, "no arm plaecbo"),
        ({"contrasts": [{"arm": "drug", "against": "none"}]}, "no arm none"),
        ({"contrasts": [{"arm": "drug", "against": "drug"}]}, "two arms that differ"),
        ({"arms": {"drug": "Drug"}, "reference_arm": "drug"}, "one arm only"),
    ],
)
def test_a_contrast_that_cannot_be_made_is_refused(settings, told):
    with pytest.raises(ValidationError, match=told):
        make_config(**{"arms": ARMS} | settings)


def test_a_change_of_the_plan_needs_its_reason():
    with pytest.raises(ValidationError, match="a reason for each result that was changed"):
        PlannedResult(name="response", status="changed")


def test_the_longest_name_decides():
    plan = Plan(
        results=(
            PlannedResult(name="change", status="planned"),
            PlannedResult(name="change.ck", status="changed", reason="another laboratory"),
        )
    )
    found = [plan.judge(name).status for name in ("change.mmt8", "change.ck", "change.ck2", "fi")]
    assert found == ["planned", "changed", "planned", "exploratory"]


def test_a_plan_that_is_not_known_in_full_calls_nothing_exploratory():
    plan = Plan(results=(PlannedResult(name="primary", status="planned"),), rest="not_known")
    assert plan.judge("primary.drug.share").status == "planned"
    assert plan.judge("change.ck") is None
