import numpy as np
import pandas as pd
import pytest

from helpers.contracts.response import IMACS_2004
from helpers.derive.response.core_set import MEASURE_NAMES, derive_relative_change
from helpers.derive.response.imacs import flag_imacs_improvement
from helpers.derive.response.robustness import (
    SCENARIOS,
    STATUSES,
    derive_response_robustness,
    derive_response_scenarios,
)


def scenarios_of(core_set, *, maximum=80, **options):
    given = {"mmt8_maximum": maximum, "definition": IMACS_2004} | options
    return derive_response_scenarios(core_set, **given)


def robustness_of(core_set):
    improvement = flag_imacs_improvement(derive_relative_change(core_set), definition=IMACS_2004)
    return derive_response_robustness(scenarios_of(core_set), improvement)


def flips(core_set, scenario):
    table = scenarios_of(core_set)
    return table.loc[table["scenario"] == scenario].set_index("measure")["flips"].to_dict()


def test_the_published_responders_that_stand_on_one_measurement_are_found(munters_core_set):
    """By hand: D, F and K have exactly three better; E lacks one, and has three missing."""
    table = robustness_of(munters_core_set).set_index("patient_id")
    fragile = table[table["robustness"] == "fragile"]
    assert fragile.index.tolist() == ["D", "E", "F", "K"]
    assert fragile["n_flips"].tolist() == [3, 3, 3, 3]
    assert table.loc["D", "flipped_by"] == "HAQ-DI dropped; CK dropped; Extramuscular dropped"
    assert table.loc["E", "flipped_by"] == (
        "Physician, missing, if it had improved; Patient, missing, if it had improved; "
        "HAQ-DI, missing, if it had improved"
    )
    assert (table.drop(index=fragile.index)["robustness"] == "robust").all()


def test_a_responder_with_four_better_measures_survives_the_loss_of_any(make_core_set):
    better = {"ck": 5.0, "haq_di": 0.5, "patient_global": 2.0, "extramuscular": 2.0}
    core_set = make_core_set({"month": 0}, {"month": 3} | better)
    assert not any(flips(core_set, "measure dropped").values())


@pytest.mark.parametrize(
    ("value", "more", "less"),
    [
        (72.0, False, True),  # exactly 20 % better and needed: one grade less loses it
        (71.0, True, False),  # one grade short of 20 %
        (73.0, False, False),
    ],
)
def test_one_grade_of_muscle_strength_can_decide(make_core_set, value, more, less):
    core_set = make_core_set({"month": 0}, {"month": 3, "ck": 5.0, "haq_di": 0.5, "mmt8": value})
    assert flips(core_set, "one grade more") == {"mmt8": more}
    assert flips(core_set, "one grade less") == {"mmt8": less}


@pytest.mark.parametrize(("value", "tried"), [(80.0, "one grade less"), (0.0, "one grade more")])
def test_muscle_strength_is_not_moved_beyond_its_scale(make_core_set, value, tried):
    table = scenarios_of(make_core_set({"month": 0}, {"month": 3, "mmt8": value}))
    graded = table["scenario"][table["scenario"].str.startswith("one grade")]
    assert graded.tolist() == [tried]


def test_a_missing_measure_may_have_improved_or_worsened(make_core_set):
    core_set = make_core_set(
        {"month": 0},
        {"month": 3, "ck": 5.0, "haq_di": 0.5, "extramuscular": 2.0, "mmt8": np.nan},
    )
    assert flips(core_set, "missing measure had worsened") == {"mmt8": True}
    assert flips(core_set, "missing measure had improved") == {"mmt8": False}
    assert "one grade more" not in set(scenarios_of(core_set)["scenario"])


def test_a_responder_that_could_no_longer_be_judged_is_fragile_a_non_responder_is_not(
    make_core_set,
):
    lost = {"physician_global": np.nan, "patient_global": np.nan, "extramuscular": np.nan}
    responder = make_core_set(
        {"month": 0}, {"month": 3, "ck": 5.0, "haq_di": 0.5, "mmt8": 75.0} | lost
    )
    assert flips(responder, "measure dropped") == {"mmt8": True, "haq_di": True, "ck": True}
    then = scenarios_of(responder).query("scenario == 'measure dropped'")["improved_then"]
    assert then.isna().all()
    same = make_core_set({"month": 0}, {"month": 3} | lost)
    assert not any(flips(same, "measure dropped").values())


def test_a_visit_without_flag_has_no_scenario_and_is_not_evaluable(make_core_set):
    core_set = make_core_set({"month": 0}, {"month": 3} | dict.fromkeys(MEASURE_NAMES, np.nan))
    assert scenarios_of(core_set).empty
    row = robustness_of(core_set).iloc[0]
    assert (row["robustness"], row["n_scenarios"], row["n_flips"], row["flipped_by"]) == (
        "not evaluable",
        0,
        0,
        "",
    )


def test_a_complete_visit_is_tried_in_eight_ways_in_the_order_of_the_visits(make_core_set):
    core_set = make_core_set(
        {"patient_id": "P2", "month": 0},
        {"patient_id": "P2", "month": 3},
        {"patient_id": "P1", "month": 0},
        {"patient_id": "P1", "month": 3},
    )
    table = scenarios_of(core_set)
    assert table["patient_id"].tolist() == ["P2"] * 8 + ["P1"] * 8
    assert set(table["scenario"]) <= set(SCENARIOS)
    assert set(robustness_of(core_set)["robustness"]) <= set(STATUSES)


def test_the_flag_given_is_the_flag_derived(munters_core_set):
    table = scenarios_of(munters_core_set).drop_duplicates("patient_id").set_index("patient_id")
    assert table["improved"].sum() == 7


def test_no_visit_gives_nothing_to_judge(make_core_set):
    assert scenarios_of(make_core_set()).empty
    assert robustness_of(make_core_set()).empty


def test_flags_of_another_derivation_are_refused(make_core_set):
    core_set = make_core_set({"month": 0}, {"month": 3})
    improvement = flag_imacs_improvement(derive_relative_change(core_set), definition=IMACS_2004)
    other = improvement.assign(improved=pd.array([True], dtype="boolean"))
    with pytest.raises(ValueError, match=r"expected the same flags in both, found others for \(P1"):
        derive_response_robustness(scenarios_of(core_set), other)
    unknown = scenarios_of(core_set).assign(scenario=list("abcdefgh"))
    with pytest.raises(ValueError, match="scenarios, scenario: expected one of measure dropped"):
        derive_response_robustness(unknown, improvement)
